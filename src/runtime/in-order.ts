/**
 * Keeps messages in their order when what has to be found out about each takes its time, and longer for one than for
 * the next.
 */

interface Place {
  ready: (() => void) | undefined;
}

export class InOrder {
  readonly #places: Place[] = [];

  /**
   * Takes the next place. What is given to the returned function is run when all before it have been run; call it once.
   */
  enter(): (run: () => void) => void {
    const place: Place = { ready: undefined };
    this.#places.push(place);
    return (run) => {
      place.ready = run;
      this.#advance();
    };
  }

  #advance(): void {
    while (this.#places[0]?.ready) this.#places.shift()?.ready?.();
  }
}
