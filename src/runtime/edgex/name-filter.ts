/** Which devices, profiles or sources a node wants: names or globs (`*` any text, `?` one character), with commas between. */

/** Whether a name is wanted. */
export type NameFilter = (name: string) => boolean;

/** An empty list wants every name; undefined stands for that. */
export function nameFilter(list: string): NameFilter | undefined {
  const globs = list
    .split(',')
    .map((glob) => glob.trim())
    .filter((glob) => glob !== '');
  return globs.length === 0 ? undefined : (name) => globs.some((glob) => matchesGlob(glob, name));
}

/** In time of glob times name at most, whatever both are: a regular expression could take for ever. */
export function matchesGlob(glob: string, name: string): boolean {
  let [at, in_] = [0, 0];
  /** Where the last `*` was, and how much of the name it has taken. */
  let star: { readonly glob: number; name: number } | undefined;
  while (in_ < name.length) {
    if (glob[at] === '*') {
      star = { glob: at, name: in_ };
      at += 1;
    } else if (at < glob.length && (glob[at] === '?' || glob[at] === name[in_])) {
      at += 1;
      in_ += 1;
    } else if (star) {
      star.name += 1;
      at = star.glob + 1;
      in_ = star.name;
    } else {
      return false;
    }
  }
  while (glob[at] === '*') at += 1;
  return at === glob.length;
}
