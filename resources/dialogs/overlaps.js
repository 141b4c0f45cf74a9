/** Warns below a topic filter of those of other nodes from which a broker may not keep it apart; see src/editor/overlaps. */
(function () {
  const PAUSE_MILLIS = 300;

  Object.assign(window.EdgepoolDialog.prototype, {
    /**
     * @param {object} node the node that is edited
     * @param {string[]} properties those that decide on what it subscribes to; the first is the filter's
     */
    warnOfOverlaps(node, properties) {
      const warning = $('<div class="edgepool-hint edgepool-warning" role="status">');
      warning.insertAfter(this.input(properties[0]).closest('.form-row'));
      let waiting;
      let latest = 0;
      const show = async () => {
        latest += 1;
        const asked = latest;
        const { id, type, z, d } = node;
        const values = Object.fromEntries(properties.map((name) => [name, this.current(node, name)]));
        const text = (await window.edgepoolOverlaps?.({ id, type, z, d, ...values })) ?? '';
        if (asked === latest) warning.text(text);
      };
      this.onChange(properties, () => {
        clearTimeout(waiting);
        waiting = setTimeout(() => void show(), PAUSE_MILLIS);
      });
      void show();
    },
  });
})();
