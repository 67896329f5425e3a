/** People beside those of the demo, who all have the same password. */

export function agentOf(number: number) {
  return { userName: `agent-${number}`, password: 'bench-person-password' };
}
