/** The small line of the last minutes, in the colour of the text around it. */
import { setAttribute } from '../dom.mjs';
import { text } from '../texts.mjs';
import { linePoints } from './measures.mjs';
import { messageRate } from './words.mjs';

const SLOTS = 60;
const WIDTH = 60;
const HEIGHT = 16;
const SVG = 'http://www.w3.org/2000/svg';

export class Sparkline {
  readonly element = document.createElementNS(SVG, 'svg');
  readonly #line = document.createElementNS(SVG, 'polyline');
  readonly #area = document.createElementNS(SVG, 'polygon');
  #drawn: readonly number[] | undefined;

  constructor() {
    const { element } = this;
    element.setAttribute('class', 'edgepool-sparkline');
    element.setAttribute('viewBox', `-1 -1 ${WIDTH + 2} ${HEIGHT + 2}`);
    element.setAttribute('preserveAspectRatio', 'none');
    element.setAttribute('role', 'img');
    this.#line.setAttribute('vector-effect', 'non-scaling-stroke');
    element.append(this.#area, this.#line);
  }

  draw(history: readonly number[]): void {
    if (history === this.#drawn) return;
    this.#drawn = history;
    // Without any message the line would only be a line.
    this.element.toggleAttribute(
      'hidden',
      history.every((value) => value === 0),
    );
    const points = linePoints(history, SLOTS, WIDTH, HEIGHT);
    setAttribute(this.#line, 'points', points);
    const start = points.split(',')[0] ?? '';
    setAttribute(this.#area, 'points', points === '' ? '' : `${start},${HEIGHT} ${points} ${WIDTH},${HEIGHT}`);
    setAttribute(this.element, 'aria-label', text('rate.history', { most: messageRate(Math.max(0, ...history)) }));
  }
}
