/** A flow file may hold anything in a property: the checks of the editor say yes or what is wrong, and never throw. */
import assert from 'node:assert/strict';
import { KINDS } from '../support/broken-properties';
import { type EditorType, editorTypes, registeredType } from '../support/editor-dialog';

/** The node as it is by default, and with all properties of one wrong kind. */
function variants({ defaults }: EditorType): object[] {
  const of = (valueOf: (name: string) => unknown) =>
    Object.fromEntries(Object.keys(defaults).map((name) => [name, valueOf(name)]));
  return [of((name) => defaults[name]?.value), ...Object.values(KINDS).map((value) => of(() => value))];
}

describe('the checks of the editor take values of any kind', () => {
  for (const type of editorTypes) {
    it(type, () => {
      const definition = registeredType(type);
      for (const [name, { validate }] of Object.entries(definition.defaults)) {
        for (const [kind, value] of Object.entries(KINDS)) {
          for (const node of validate === undefined ? [] : variants(definition)) {
            const check = () => validate?.call({ ...node, id: 'x', type, [name]: value }, value, {});
            assert.doesNotThrow(check, `${name}: ${kind}`);
            assert.match(typeof check(), /^(boolean|string)$/, `${name}: ${kind}`);
          }
        }
      }
    });
  }
});
