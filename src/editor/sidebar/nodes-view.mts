/** The nodes that use a connection, by flow; a click leads to the node. */
import { element, setText } from '../dom.mjs';
import { counted, formatNumber, text } from '../texts.mjs';
import { LongList } from './long-list.mjs';
import { labelInEditor } from './labels.mjs';
import { type ConnectionNode, groupNodes, type NodeGroup, sameNodes } from './node-groups.mjs';
import { reveal } from './reveal.mjs';

/** With more nodes than these, flows are closed at first. */
const OPEN_UP_TO = 40;

export class NodesView {
  readonly element = element('div', { class: 'edgepool-flows' });
  readonly #say: (words: string) => void;
  #shown: readonly ConnectionNode[] | undefined;
  #more = 0;
  /** What the user has opened and closed. */
  readonly #wishes = new Map<string, boolean>();

  /** @param say shows the user what came of a click */
  constructor(say: (words: string) => void) {
    this.#say = say;
  }

  show(told: readonly ConnectionNode[], more: number): void {
    const nodes = told.map(asOnCanvas);
    if (this.#more === more && sameNodes(this.#shown, nodes)) return;
    this.#shown = nodes;
    this.#more = more;
    const groups = groupNodes(nodes).map((group) => this.#group(group, nodes.length <= OPEN_UP_TO));
    this.element.replaceChildren(...groups);
    if (nodes.length === 0)
      this.element.append(element('p', { class: 'edgepool-none', text: text('details.noNodes') }));
    if (more > 0) this.element.append(element('p', { class: 'edgepool-none', text: counted('details.leftOut', more) }));
  }

  #group(group: NodeGroup, openAtFirst: boolean): HTMLElement {
    const label = group.label ?? text(group.id === '' ? 'details.noFlow' : 'details.unnamedFlow');
    const list = new LongList<ConnectionNode>((node) => this.#node(node));
    const summary = element('summary', {
      children: [
        element('span', { class: 'edgepool-label', text: label, attributes: { title: label } }),
        element('span', { class: 'edgepool-count', text: `(${formatNumber(group.nodes.length)})` }),
      ],
    });
    const open = this.#wishes.get(group.id) ?? openAtFirst;
    const made = element('details', { class: 'edgepool-flow', children: [summary, list.element] });
    if (open) list.fill(group.nodes);
    made.open = open;
    made.addEventListener('toggle', () => {
      if (made.open === (this.#wishes.get(group.id) ?? openAtFirst)) return;
      this.#wishes.set(group.id, made.open);
      if (made.open) list.fill(group.nodes);
    });
    return made;
  }

  #node(node: ConnectionNode): HTMLElement {
    const label = element('span', { class: 'edgepool-label' });
    const kind = kindOf(node.type);
    setText(label, node.name ?? kind);
    const type = element('span', {
      class: 'edgepool-type',
      text: node.name === undefined || node.name === kind ? '' : kind,
    });
    const swatch = element('span', { class: 'edgepool-swatch', attributes: { 'aria-hidden': 'true' } });
    swatch.style.backgroundColor = RED.nodes.getType(node.type)?.color ?? '';
    const button = element('button', {
      class: 'edgepool-link edgepool-node',
      attributes: { type: 'button', title: text('details.goTo'), 'data-node': node.id },
      children: [swatch, label, type],
    });
    button.addEventListener('click', () => {
      if (!reveal(node)) this.#say(text('details.notInEditor'));
    });
    return button;
  }
}

/** A node without a name is called by its topic there, or by its key. */
function asOnCanvas(node: ConnectionNode): ConnectionNode {
  const name = labelInEditor(node.id) ?? node.name;
  return name === undefined ? node : { ...node, name };
}

/** What the palette calls it, or the type. */
function kindOf(type: string): string {
  const label = RED.nodes.getType(type)?.paletteLabel;
  return typeof label === 'string' ? label : type;
}
