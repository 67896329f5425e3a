/** Runs one of the vendor's libraries: they change globals, so each gets a process of its own. Prints what it learnt as JSON. */
const [, , library, baseUrl, given] = process.argv;

const runs = {
  async workspace({ code, redirectUri, token }) {
    const WorkspaceApi = require('genesys-workspace-client-js');
    const api = new WorkspaceApi('an-api-key', baseUrl, false);
    await api.initialize({ code, redirectUri, token });
    return { userName: api.user.userName };
  },

  async provisioning({ token }) {
    const { ProvisioningApi } = require('genesys-provisioning-client-js');
    const api = new ProvisioningApi('an-api-key', baseUrl, false);
    await api.initialize({ token });
    const { userName } = await api.users.getCurrentUser();
    return { userName };
  },

  async statistics({ token }) {
    const Statistics = require('genesys-statistics-client-js');
    const api = new Statistics('an-api-key', baseUrl);
    await api.initialize(token);
    const answer = await api.getStatValue('calls', 'agent', 'Agent');
    return { code: answer.status.code };
  },
};

runs[library](JSON.parse(given)).then(
  (learnt) => finish({ learnt }),
  (error) => finish({ refused: error?.status ?? error?.response?.status ?? String(error) }),
);

function finish(outcome) {
  // The libraries keep polling: they end with the process.
  process.stdout.write(`${JSON.stringify(outcome)}\n`, () => process.exit(0));
}
