/** The dialog before anything changes: what becomes what, what stays and why, and what the user may choose. */
import { counted, text } from '../texts.mjs';
import { editor, jQuery } from './editor-api.mjs';
import type { Family } from './families.mjs';
import { type FlowNode, textOf } from './flow-json.mjs';
import type { Plan } from './plan.mjs';
import { type Said, summarise } from './summary.mjs';

/** Nodes named one by one; of more, only the number is told. */
const NAMED = 8;
const WIDTH_PIXELS = 600;

export interface Choices {
  readonly onlySelected: boolean;
  readonly merge: boolean;
  readonly includePartial: boolean;
}

export interface DialogParts {
  readonly family: Family;
  /** How many of the selected nodes it is about. */
  readonly selected: number;
  readonly plan: (choices: Choices) => Plan;
  readonly carryOut: (plan: Plan) => void;
}

export function openDialog({ family, selected, plan, carryOut }: DialogParts): void {
  let choices: Choices = { onlySelected: selected > 0, merge: false, includePartial: false };
  let current = plan(choices);
  const content = element('div', 'pool-move-over');
  content.append(styles(), element('p', '', text('moveOver.intro')));
  const chosen = content.appendChild(element('div', 'pool-move-over-choices'));
  const shown = content.appendChild(element('div', 'pool-move-over-summary'));
  shown.tabIndex = 0;
  shown.setAttribute('role', 'region');
  shown.setAttribute('aria-live', 'polite');
  shown.setAttribute('aria-label', text('moveOver.heading.summary'));

  const choose = (changes: Partial<Choices>) => {
    choices = { ...choices, ...changes };
    show();
  };
  const selection = element('div');
  if (selected > 0) {
    const choice = (onlySelected: boolean, label: string) =>
      option('radio', label, choices.onlySelected === onlySelected, () => choose({ onlySelected }));
    selection.append(
      choice(true, counted('moveOver.choice.selected', selected)),
      choice(false, text('moveOver.choice.all')),
    );
  }
  const others = element('div');
  chosen.append(selection, others);

  const show = () => {
    current = plan(choices);
    const partial = plan({ ...choices, includePartial: false }).staying.filter(({ mayMove }) => mayMove).length;
    const boxes: HTMLElement[] = [];
    if (current.duplicates > 0) {
      const label = counted(`moveOver.choice.merge.${family.name}`, current.duplicates);
      boxes.push(option('checkbox', label, choices.merge, (merge) => choose({ merge })));
    }
    if (partial > 0) {
      const label = counted('moveOver.choice.partial', partial);
      boxes.push(option('checkbox', label, choices.includePartial, (includePartial) => choose({ includePartial })));
    }
    // Whoever uses the keyboard stays where they are.
    const focused = [...others.querySelectorAll('input')].findIndex((input) => input === document.activeElement);
    others.replaceChildren(...boxes);
    if (focused >= 0) others.querySelectorAll('input')[focused]?.focus();
    shown.replaceChildren(...sections(current, family));
    button.disabled = current.nodes.length === 0;
    button.textContent =
      current.nodes.length === 0
        ? text('moveOver.button.nothing')
        : counted('moveOver.button.move', current.nodes.length);
  };

  const close = () => void jQuery(content).dialog('close');
  // What is said comes after the dialog, and the styles later still: it would hang below the window.
  const centring = new ResizeObserver(() => {
    jQuery(content).dialog({ position: { my: 'center', at: 'center', of: window, collision: 'fit' } });
  });
  jQuery(content).dialog({
    title: text(`moveOver.title.${family.name}`),
    modal: true,
    width: Math.min(WIDTH_PIXELS, window.innerWidth - 20),
    resizable: false,
    classes: {
      'ui-dialog': 'red-ui-editor-dialog',
      'ui-dialog-titlebar-close': 'hide',
      'ui-widget-overlay': 'red-ui-editor-dialog',
    },
    buttons: [
      { id: 'pool-move-over-cancel', text: text('moveOver.button.cancel'), click: close },
      {
        id: 'pool-move-over-ok',
        class: 'primary',
        text: text('moveOver.button.nothing'),
        click: () => {
          close();
          carryOut(current);
        },
      },
    ],
    open: () => {
      editor.keyboard.disable();
      centring.observe(content);
    },
    close: () => {
      centring.disconnect();
      // Not at once: the editor still looks at the key that closed it, and where that was pressed.
      setTimeout(() => {
        editor.keyboard.enable();
        jQuery(content).dialog('destroy');
        content.remove();
        editor.view.focus();
      }, 0);
    },
  });
  const button = document.getElementById('pool-move-over-ok') as HTMLButtonElement;
  show();
}

function sections(plan: Plan, family: Family): HTMLElement[] {
  const { becoming, flows, beside, staying, toKnow, different } = summarise(plan);
  const parts: HTMLElement[] = [];
  if (becoming.length > 0) {
    const rows = becoming.map(({ from, to, count, into }) =>
      text(into === count ? 'moveOver.becomes' : 'moveOver.becomesFewer', { count, from, into, to: typeLabel(to) }),
    );
    const perFlow = [...flows].map(([id, count]) => text('moveOver.inFlow', { flow: flowLabel(id), count }));
    parts.push(
      section(text('moveOver.heading.becomes'), [...rows, text('moveOver.perFlow', { flows: perFlow.join(', ') })]),
    );
  } else parts.push(element('p', '', text(`moveOver.nothing.${family.name}`)));
  if (beside.length > 0) {
    parts.push(section(text('moveOver.heading.beside'), [`${text('moveOver.beside')} ${named(beside)}`]));
  }
  if (staying.length > 0) parts.push(section(text('moveOver.heading.stays'), staying.map(sentence)));
  if (toKnow.length > 0) parts.push(section(text('moveOver.heading.toKnow'), toKnow.map(sentence)));
  if (different.length > 0) {
    const lines = different.map((name) => text(`moveOver.different.${name}`));
    parts.push(section(text('moveOver.heading.different'), lines));
  }
  return parts;
}

function sentence({ remark, nodes }: Said): string {
  return text('moveOver.said', { what: text(`moveOver.remark.${remark.code}`, remark.values), nodes: named(nodes) });
}

function named(nodes: readonly FlowNode[]): string {
  const names = nodes.slice(0, NAMED).map(nodeLabel).join(', ');
  return nodes.length > NAMED ? counted('moveOver.andMore', nodes.length - NAMED, { names }) : names;
}

/** As the editor calls it; placeholders of types that are not installed are all called the same there. */
function nodeLabel({ id, type, name, topic }: FlowNode): string {
  const node = editor.nodes.node(id);
  if (!node || node.type === 'unknown') return textOf(name) || textOf(topic) || type;
  return editor.utils.getNodeLabel(node, type);
}

function flowLabel(id: string): string {
  return editor.nodes.workspace(id)?.label || editor.nodes.subflow(id)?.name || id;
}

function typeLabel(type: string): string {
  const label = editor.nodes.getType(type)?.paletteLabel;
  return typeof label === 'string' ? label : type;
}

function section(heading: string, lines: readonly string[]): HTMLElement {
  const part = element('section');
  const list = element('ul');
  for (const line of lines) list.append(element('li', '', line));
  part.append(element('h4', '', heading), list);
  return part;
}

function option(
  type: 'radio' | 'checkbox',
  label: string,
  checked: boolean,
  changed: (checked: boolean) => void,
): HTMLElement {
  const row = element('label');
  const input = document.createElement('input');
  Object.assign(input, { type, checked, name: 'pool-move-over' });
  input.addEventListener('change', () => changed(input.checked));
  row.append(input, ` ${label}`);
  return row;
}

function styles(): HTMLElement {
  const link = document.createElement('link');
  return Object.assign(link, { rel: 'stylesheet', href: new URL('move-over.css', import.meta.url).href });
}

function element(name: string, className = '', content = ''): HTMLElement {
  const made = document.createElement(name);
  made.className = className;
  made.textContent = content;
  return made;
}
