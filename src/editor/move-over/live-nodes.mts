/** From a plan to what the editor's nodes are to be: our standards, and the settings the plan has found. */
import { editor, type LiveNode, type TypeDefinition } from './editor-api.mjs';
import type { ExchangeParts, Traits } from './exchange.mjs';
import type { Conversion, FlowNode } from './flow-json.mjs';
import type { Plan, PlannedProfile } from './plan.mjs';

/** What every node may have, whatever its type. */
const COMMON = ['d', 'info', 'l', 'icon', 'inputLabels', 'outputLabels'];

/** @throws Error when a node is not there any more, or one of our types is not */
export function toExchange(plan: Plan): ExchangeParts {
  const replaced = plan.profiles.filter(({ isBeside }) => !isBeside);
  return {
    changed: [
      ...replaced.map((profile) => ({ node: liveNode(profile.config.id), traits: profileTraits(profile) })),
      ...plan.nodes.map(({ node, to, profile }) => ({
        node: liveNode(node.id),
        traits: traitsOf(node, { ...to, properties: { ...to.properties, profile } }),
      })),
    ],
    added: plan.profiles.filter(({ isBeside }) => isBeside).map(newProfile),
    removed: plan.profiles.flatMap(({ replaces }) => replaces.map(({ id }) => liveNode(id))),
  };
}

function traitsOf(node: FlowNode, { type, properties }: Conversion): Traits {
  const definition = definitionOf(type);
  const traits: Record<string, unknown> = {};
  for (const [name, { value }] of Object.entries(definition.defaults)) traits[name] = structuredClone(value);
  Object.assign(traits, structuredClone(properties), {
    name: typeof node['name'] === 'string' ? node['name'] : '',
    type,
    _def: definition,
    _: definition._,
    changed: true,
  });
  for (const property of COMMON) if (Object.hasOwn(node, property)) traits[property] = node[property];
  if (definition.category === 'config') return { ...traits, label: definition.label };
  return { ...traits, inputs: traits['inputs'] ?? definition.inputs, outputs: traits['outputs'] ?? definition.outputs };
}

function profileTraits({ config, to }: PlannedProfile): Traits {
  const live = liveNode(config.id).credentials;
  // Entered and not deployed yet, or found in the settings: they have to be sent.
  const credentials = to.credentials ? toEntered(to.credentials) : live && structuredClone(live);
  return { ...traitsOf(config, to), ...(credentials ? { credentials } : {}) };
}

function newProfile(profile: PlannedProfile): LiveNode {
  const { id, config } = profile;
  const traits = profileTraits(profile);
  const node = { ...traits, id, users: [] } as unknown as LiveNode;
  if (config.z !== undefined) node.z = config.z;
  // What the editor has only heard of is at the id of the other node.
  const { _: deployed, ...entered } = node.credentials ?? {};
  if (deployed) node.credentials = Object.fromEntries(Object.entries(entered).filter(([name]) => name === 'user'));
  return node;
}

/** As the dialog of a profile leaves them. */
function toEntered(credentials: Readonly<Record<string, string>>): Record<string, unknown> {
  const marks = Object.keys(credentials).filter((name) => /password$/i.test(name));
  return { ...credentials, ...Object.fromEntries(marks.map((name) => [`has_${name}`, true])) };
}

function definitionOf(type: string): TypeDefinition {
  const definition = editor.nodes.getType(type);
  if (!definition) throw new Error(`There is no node type ${type}.`);
  return definition;
}

function liveNode(id: string): LiveNode {
  const node = editor.nodes.node(id);
  if (!node) throw new Error(`There is no node ${id} any more.`);
  return node;
}
