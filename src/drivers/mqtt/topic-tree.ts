/**
 * A tree of topic filters: finding the matches of a topic costs its levels and its matches, however many filters there
 * are. Rules of matching: MQTT 5.0, 4.7.1 and 4.7.2.
 */
interface TreeNode<Value> {
  value: Value | undefined;
  /** The value of the filter that ends here with `#`. */
  hash: Value | undefined;
  plus: TreeNode<Value> | undefined;
  readonly children: Map<string, TreeNode<Value>>;
}

/** Topics remembered with their matches, until a filter comes or goes. */
const CACHE_SIZE = 2_000;

export class TopicTree<Value> {
  readonly #root: TreeNode<Value> = newNode();
  readonly #cache = new Map<string, readonly Value[]>();
  #size = 0;

  get size(): number {
    return this.#size;
  }

  /** Puts a value at a filter, replacing the one that is there. */
  set(levels: readonly string[], value: Value): void {
    this.#cache.clear();
    let node = this.#root;
    for (const level of levels) {
      if (level === '#') {
        if (node.hash === undefined) this.#size += 1;
        node.hash = value;
        return;
      }
      node = level === '+' ? (node.plus ??= newNode()) : childOf(node, level);
    }
    if (node.value === undefined) this.#size += 1;
    node.value = value;
  }

  delete(levels: readonly string[]): void {
    this.#cache.clear();
    this.#remove(this.#root, levels, 0);
  }

  /** The values of all filters that match a topic. The array is shared: do not change it. */
  match(topic: string): readonly Value[] {
    const known = this.#cache.get(topic);
    if (known) return known;
    const found: Value[] = [];
    this.#collect(this.#root, topic.split('/'), 0, topic.startsWith('$'), found);
    if (this.#cache.size >= CACHE_SIZE) this.#cache.clear();
    this.#cache.set(topic, found);
    return found;
  }

  /** The values of all filters that match every topic the given filter matches: those that cover it, itself included. */
  covering(levels: readonly string[]): Value[] {
    const found: Value[] = [];
    this.#collect(this.#root, levels, 0, levels[0]?.startsWith('$') ?? false, found);
    return found;
  }

  /** Whether some topic matches both the given filter and one in the tree. */
  overlaps(levels: readonly string[]): boolean {
    return meets(this.#root, levels, 0);
  }

  #collect(node: TreeNode<Value>, levels: readonly string[], depth: number, hidden: boolean, found: Value[]): void {
    // A leading wildcard does not see topics that begin with $ (4.7.2).
    const wildcards = depth > 0 || !hidden;
    if (node.hash !== undefined && wildcards) found.push(node.hash);
    const level = levels[depth];
    if (level === undefined) {
      if (node.value !== undefined) found.push(node.value);
      return;
    }
    // Only # covers #.
    if (level === '#') return;
    if (node.plus && wildcards) this.#collect(node.plus, levels, depth + 1, hidden, found);
    const child = node.children.get(level);
    if (child) this.#collect(child, levels, depth + 1, hidden, found);
  }

  /** Returns whether the node is empty afterwards and can go. */
  #remove(node: TreeNode<Value>, levels: readonly string[], depth: number): boolean {
    const level = levels[depth];
    if (level === undefined) {
      if (node.value !== undefined) this.#size -= 1;
      node.value = undefined;
    } else if (level === '#') {
      if (node.hash !== undefined) this.#size -= 1;
      node.hash = undefined;
    } else if (level === '+') {
      if (node.plus && this.#remove(node.plus, levels, depth + 1)) node.plus = undefined;
    } else {
      const child = node.children.get(level);
      if (child && this.#remove(child, levels, depth + 1)) node.children.delete(level);
    }
    return node.value === undefined && node.hash === undefined && !node.plus && node.children.size === 0;
  }
}

function newNode<Value>(): TreeNode<Value> {
  return { value: undefined, hash: undefined, plus: undefined, children: new Map() };
}

function childOf<Value>(node: TreeNode<Value>, level: string): TreeNode<Value> {
  let child = node.children.get(level);
  if (!child) {
    child = newNode();
    node.children.set(level, child);
  }
  return child;
}

function meets<Value>(node: TreeNode<Value>, levels: readonly string[], depth: number): boolean {
  const level = levels[depth];
  if (level === '#') return hasVisible(node, depth);
  // a/# meets a, and everything below it.
  if (node.hash !== undefined && !(depth === 0 && level?.startsWith('$'))) return true;
  if (level === undefined) return node.value !== undefined;
  if (level === '+') {
    for (const [name, child] of node.children) {
      if (!(depth === 0 && name.startsWith('$')) && meets(child, levels, depth + 1)) return true;
    }
  } else {
    const child = node.children.get(level);
    if (child && meets(child, levels, depth + 1)) return true;
    if (depth === 0 && level.startsWith('$')) return false;
  }
  return node.plus !== undefined && meets(node.plus, levels, depth + 1);
}

/** Whether a # at this depth meets any filter below. */
function hasVisible<Value>(node: TreeNode<Value>, depth: number): boolean {
  if (node.value !== undefined || node.hash !== undefined || node.plus) return true;
  for (const name of node.children.keys()) {
    if (!(depth === 0 && name.startsWith('$'))) return true;
  }
  return false;
}
