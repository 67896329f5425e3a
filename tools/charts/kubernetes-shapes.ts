/** JSON schemas of the Kubernetes fragments that values may hold. Closed, so that a misspelt key is refused by name. */
export type JsonSchema = { [keyword: string]: unknown };

export const text: JsonSchema = { type: 'string' };
export const flag: JsonSchema = { type: 'boolean' };
export const count = (minimum = 0): JsonSchema => ({ type: 'integer', minimum });
export const port: JsonSchema = { type: 'integer', minimum: 1, maximum: 65_535 };
export const oneOf = (...values: readonly string[]): JsonSchema => ({ enum: values });
export const list = (items: JsonSchema): JsonSchema => ({ type: 'array', items });
export const mapOf = (values: JsonSchema): JsonSchema => ({ type: 'object', additionalProperties: values });
/** Anything inside: Kubernetes itself refuses what it does not know. */
export const passedOn: JsonSchema = { type: 'object' };

export function closed(properties: Record<string, JsonSchema>, required: readonly string[] = []): JsonSchema {
  return {
    type: 'object',
    additionalProperties: false,
    properties,
    ...(required.length > 0 && { required }),
  };
}

export const numberOrPercent: JsonSchema = {
  anyOf: [count(), { type: 'string', pattern: '^[0-9]+%$' }],
};

export const namedReference = closed({ name: { type: 'string', minLength: 1 } }, ['name']);

/** Used in many places of one schema: written once there and referred to. */
export const definitions: Record<string, JsonSchema> = {};

function shared(name: string, schema: JsonSchema): JsonSchema {
  definitions[name] = schema;
  return { $ref: `#/definitions/${name}` };
}

const quantity: JsonSchema = {
  anyOf: [
    { type: 'number', minimum: 0 },
    { type: 'string', pattern: '^[0-9.]+(m|k|M|G|T|P|E|Ki|Mi|Gi|Ti|Pi|Ei)?$' },
  ],
};
const quantities: JsonSchema = {
  ...closed({ cpu: quantity, memory: quantity, 'ephemeral-storage': quantity }),
  patternProperties: { '^hugepages-|/': quantity },
};
export const resources = shared('resources', closed({ requests: quantities, limits: quantities }));

const labelSelector = shared(
  'labelSelector',
  closed({
    matchLabels: mapOf(text),
    matchExpressions: list(
      closed({ key: text, operator: oneOf('In', 'NotIn', 'Exists', 'DoesNotExist'), values: list(text) }, [
        'key',
        'operator',
      ]),
    ),
  }),
);

export const peers = shared(
  'peers',
  list(
    closed({
      podSelector: labelSelector,
      namespaceSelector: labelSelector,
      ipBlock: closed({ cidr: text, except: list(text) }, ['cidr']),
    }),
  ),
);
const policyPorts = shared(
  'policyPorts',
  list(closed({ port: { anyOf: [port, text] }, endPort: port, protocol: oneOf('TCP', 'UDP', 'SCTP') })),
);
export const ingressRules = list(closed({ from: peers, ports: policyPorts }));
export const egressRules = list(closed({ to: peers, ports: policyPorts }));

export const probe = shared(
  'probe',
  closed({
    initialDelaySeconds: count(),
    periodSeconds: count(1),
    timeoutSeconds: count(1),
    failureThreshold: count(1),
  }),
);

const seccompProfile = closed(
  { type: oneOf('RuntimeDefault', 'Localhost', 'Unconfined'), localhostProfile: text },
  ['type'],
);
const identity = {
  runAsNonRoot: flag,
  runAsUser: count(1),
  runAsGroup: count(),
  seccompProfile,
  seLinuxOptions: closed({ user: text, role: text, type: text, level: text }),
  appArmorProfile: closed({ type: text, localhostProfile: text }, ['type']),
};
export const podSecurityContext = closed({
  ...identity,
  fsGroup: count(),
  fsGroupChangePolicy: oneOf('OnRootMismatch', 'Always'),
  supplementalGroups: list(count()),
  supplementalGroupsPolicy: oneOf('Merge', 'Strict'),
  sysctls: list(closed({ name: text, value: text }, ['name', 'value'])),
});
export const containerSecurityContext = closed({
  ...identity,
  allowPrivilegeEscalation: flag,
  privileged: flag,
  readOnlyRootFilesystem: flag,
  capabilities: closed({ add: list(text), drop: list(text) }),
});

export const topologySpreadConstraints = list(
  closed(
    {
      maxSkew: count(1),
      topologyKey: text,
      whenUnsatisfiable: oneOf('DoNotSchedule', 'ScheduleAnyway'),
      labelSelector,
      matchLabelKeys: list(text),
      minDomains: count(1),
      nodeAffinityPolicy: oneOf('Honor', 'Ignore'),
      nodeTaintsPolicy: oneOf('Honor', 'Ignore'),
    },
    ['maxSkew', 'topologyKey', 'whenUnsatisfiable'],
  ),
);
export const tolerations = list(
  closed({
    key: text,
    operator: oneOf('Exists', 'Equal'),
    value: text,
    effect: oneOf('NoSchedule', 'PreferNoSchedule', 'NoExecute'),
    tolerationSeconds: { type: 'integer' },
  }),
);
export const affinity = closed({
  nodeAffinity: passedOn,
  podAffinity: passedOn,
  podAntiAffinity: passedOn,
});

const keyReference = closed({ name: text, key: text, optional: flag }, ['name', 'key']);
export const environmentVariables = list(
  closed(
    {
      name: { type: 'string', minLength: 1 },
      value: text,
      valueFrom: closed({
        secretKeyRef: keyReference,
        configMapKeyRef: keyReference,
        fieldRef: closed({ fieldPath: text, apiVersion: text }, ['fieldPath']),
        resourceFieldRef: closed({ resource: text, containerName: text, divisor: text }, ['resource']),
      }),
    },
    ['name'],
  ),
);
export const volumes = list({ type: 'object', required: ['name'] });
export const volumeMounts = list(
  closed(
    {
      name: text,
      mountPath: text,
      subPath: text,
      subPathExpr: text,
      readOnly: flag,
      mountPropagation: text,
      recursiveReadOnly: text,
    },
    ['name', 'mountPath'],
  ),
);
export const wholeObjects = list({ type: 'object', required: ['apiVersion', 'kind', 'metadata'] });

export const parentRefs = list(
  closed(
    {
      group: text,
      kind: text,
      name: { type: 'string', minLength: 1 },
      namespace: text,
      sectionName: text,
      port,
    },
    ['name'],
  ),
);

const scalingRules = closed({
  stabilizationWindowSeconds: count(),
  selectPolicy: oneOf('Max', 'Min', 'Disabled'),
  tolerance: quantity,
  policies: list(closed({ type: oneOf('Pods', 'Percent'), value: count(1), periodSeconds: count(1) })),
});
export const scalingBehavior = closed({ scaleUp: scalingRules, scaleDown: scalingRules });
export const scalingMetrics = list(
  closed(
    {
      type: oneOf('Resource', 'ContainerResource', 'Pods', 'Object', 'External'),
      resource: passedOn,
      containerResource: passedOn,
      pods: passedOn,
      object: passedOn,
      external: passedOn,
    },
    ['type'],
  ),
);

export const duration: JsonSchema = { type: 'string', pattern: '^[0-9]+(ms|s|m|h)$' };
export const relabelings = shared(
  'relabelings',
  list(
    closed({
      sourceLabels: list(text),
      separator: text,
      targetLabel: text,
      regex: text,
      modulus: count(1),
      replacement: text,
      action: text,
    }),
  ),
);
