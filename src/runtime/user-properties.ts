/** MQTT 5 user properties are text: other values travel as JSON, as in the core nodes. */
import type { UserProperties } from '../drivers/mqtt/profile';

/** A copy with text values only; undefined when there is nothing that could be sent. */
export function toUserProperties(value: unknown): UserProperties | undefined {
  if (typeof value !== 'object' || value === null) return undefined;
  const properties: Record<string, string> = {};
  let count = 0;
  for (const [name, item] of Object.entries(value)) {
    const text = typeof item === 'string' ? item : toJson(item);
    if (text === undefined) continue;
    properties[name] = text;
    count += 1;
  }
  return count > 0 ? properties : undefined;
}

/** JSON, or undefined for what has none (null is left out too; a circular object can't be sent). */
function toJson(value: unknown): string | undefined {
  if (value === null) return undefined;
  try {
    return JSON.stringify(value);
  } catch {
    return undefined;
  }
}
