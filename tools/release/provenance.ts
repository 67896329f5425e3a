/** Describes how something was built, as a predicate of SLSA provenance 1 (https://slsa.dev/spec/v1.1/provenance). */

export interface Origin {
  source: string;
  revision: string;
}

/** An input of the build that the repository does not hold. */
export interface Material {
  uri: string;
  digest: Record<string, string>;
}

/** @param parameters what the caller of the step chose */
export function provenanceOf(
  { source, revision }: Origin,
  parameters: Record<string, string>,
  materials: readonly Material[],
  environment = process.env,
) {
  const { GITHUB_SERVER_URL: server, GITHUB_REPOSITORY: repository, GITHUB_REF: ref } = environment;
  const { GITHUB_WORKFLOW_REF: workflow, GITHUB_RUN_ID: id, GITHUB_RUN_ATTEMPT: attempt } = environment;
  const isWorkflow = server !== undefined && workflow !== undefined;
  const commit = {
    uri: isWorkflow ? `git+${server}/${repository}@${ref}` : `git+${source}`,
    digest: { gitCommit: revision },
  };
  return {
    buildDefinition: {
      buildType: 'urn:gatehouse:release-step:1',
      externalParameters: parameters,
      resolvedDependencies: [commit, ...materials],
    },
    runDetails: {
      builder: { id: isWorkflow ? `${server}/${workflow}` : 'urn:gatehouse:rehearsal' },
      ...(isWorkflow && {
        metadata: { invocationId: `${server}/${repository}/actions/runs/${id}/attempts/${attempt}` },
      }),
    },
  };
}
