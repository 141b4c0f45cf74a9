/** The value types of EdgeX readings (go-mod-core-contracts, common/constants.go) and what each may hold. */

export type ScalarKind = 'bool' | 'string' | 'integer' | 'float';

const INTEGERS = ['Uint8', 'Uint16', 'Uint32', 'Uint64', 'Int8', 'Int16', 'Int32', 'Int64'] as const;
const SCALARS = ['Bool', 'String', ...INTEGERS, 'Float32', 'Float64'] as const;

type Scalar = (typeof SCALARS)[number];

export type ValueType = Scalar | `${Scalar}Array` | 'Binary' | 'Object' | 'ObjectArray';

/** One value of a simple type; of an array type, one element. */
export interface ScalarRule {
  readonly kind: ScalarKind;
  /** The name of the type of one value. */
  readonly name: Scalar;
  /** The bounds of whole numbers; 0n for others. */
  readonly minimum: bigint;
  readonly maximum: bigint;
}

export interface ValueTypeRule {
  readonly valueType: ValueType;
  readonly isArray: boolean;
  /** Undefined for Binary, Object and ObjectArray. */
  readonly scalar?: ScalarRule;
}

const RULES = new Map<ValueType, ValueTypeRule>();
const BY_LOWER_CASE = new Map<string, ValueTypeRule>();

for (const name of SCALARS) {
  const scalar = scalarRule(name);
  add({ valueType: name, isArray: false, scalar });
  add({ valueType: `${name}Array`, isArray: true, scalar });
}
add({ valueType: 'Binary', isArray: false });
add({ valueType: 'Object', isArray: false });
add({ valueType: 'ObjectArray', isArray: true });

/** All value types, in the order of the documentation. */
export const VALUE_TYPES: readonly ValueType[] = [...RULES.keys()];

/** The rule of a value type, its name in any case, as EdgeX itself takes it; undefined for an unknown one. */
export function findValueType(name: string): ValueTypeRule | undefined {
  return RULES.get(name as ValueType) ?? BY_LOWER_CASE.get(name.toLowerCase());
}

function add(rule: ValueTypeRule): void {
  RULES.set(rule.valueType, rule);
  BY_LOWER_CASE.set(rule.valueType.toLowerCase(), rule);
}

function scalarRule(name: Scalar): ScalarRule {
  const match = /^(Uint|Int)(\d+)$/.exec(name);
  if (!match) {
    const kind = name === 'Bool' ? 'bool' : name === 'String' ? 'string' : 'float';
    return { kind, name, minimum: 0n, maximum: 0n };
  }
  const bits = BigInt(match[2] ?? 0);
  const isSigned = match[1] === 'Int';
  const minimum = isSigned ? -(1n << (bits - 1n)) : 0n;
  const maximum = isSigned ? (1n << (bits - 1n)) - 1n : (1n << bits) - 1n;
  return { kind: 'integer', name, minimum, maximum };
}
