/**
 * An exact parser of the text format of Prometheus: throws at whatever the format does not allow, at samples without
 * their HELP and TYPE, at series told twice and at histograms that do not add up.
 */

export interface ParsedFamily {
  readonly help: string;
  readonly type: string;
  readonly samples: ParsedSample[];
}

export interface ParsedSample {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}

const NAME = '[a-zA-Z_:][a-zA-Z0-9_:]*';
const LABEL = '[a-zA-Z_][a-zA-Z0-9_]*="(?:[^"\\\\\\n]|\\\\["\\\\n])*"';
const NUMBER = '[+-]?(?:\\d+(?:\\.\\d+)?(?:e[+-]?\\d+)?|Inf)|NaN';
const HELP_LINE = new RegExp(`^# HELP (${NAME}) ((?:[^\\\\]|\\\\[\\\\n])*)$`);
const TYPE_LINE = new RegExp(`^# TYPE (${NAME}) (counter|gauge|histogram|summary|untyped)$`);
const SAMPLE_LINE = new RegExp(`^(${NAME})(?:\\{(${LABEL}(?:,${LABEL})*)\\})? (${NUMBER})$`);

export function parseExposition(text: string): Map<string, ParsedFamily> {
  if (!text.endsWith('\n')) throw new Error('the last line does not end');
  const families = new Map<string, ParsedFamily>();
  const seen = new Set<string>();
  let help: RegExpExecArray | null = null;
  let current: string | undefined;
  for (const line of text.slice(0, -1).split('\n')) {
    const type = TYPE_LINE.exec(line);
    if (line.startsWith('# HELP ')) {
      help = HELP_LINE.exec(line);
      if (!help) throw new Error(`not a HELP line: ${line}`);
    } else if (type) {
      const [, name = '', kind = ''] = type;
      if (help?.[1] !== name || families.has(name)) throw new Error(`TYPE without its HELP, or twice: ${line}`);
      families.set(name, { help: unescape(help[2] ?? ''), type: kind, samples: [] });
      current = name;
    } else {
      const sample = parseSample(line);
      const family = families.get(current ?? '');
      if (!family || !belongsTo(sample.name, current ?? '', family.type)) throw new Error(`not in its family: ${line}`);
      const series = `${sample.name} ${labelsId(sample.labels)}`;
      if (seen.has(series)) throw new Error(`a series is told twice: ${series}`);
      seen.add(series);
      if (family.type === 'counter' && !(sample.value >= 0)) throw new Error(`a counter is negative: ${line}`);
      family.samples.push(sample);
    }
  }
  for (const [name, family] of families) if (family.type === 'histogram') checkHistogram(name, family);
  return families;
}

function parseSample(line: string): ParsedSample {
  const match = SAMPLE_LINE.exec(line);
  if (!match) throw new Error(`not a sample: ${line}`);
  const [, name = '', labelText = '', number = ''] = match;
  const labels: Record<string, string> = {};
  for (const [, label = '', value = ''] of labelText.matchAll(/(\w+)="((?:[^"\\]|\\.)*)"/g)) {
    if (label in labels) throw new Error(`a label is given twice: ${line}`);
    labels[label] = unescape(value);
  }
  return { name, labels, value: Number(number.replace('Inf', 'Infinity')) };
}

function belongsTo(sample: string, family: string, type: string): boolean {
  if (type !== 'histogram') return sample === family;
  return ['_bucket', '_sum', '_count'].some((suffix) => sample === family + suffix);
}

/** Buckets rise, end with +Inf, and that is the count. */
function checkHistogram(name: string, { samples }: ParsedFamily): void {
  const series = new Map<string, ParsedSample[]>();
  for (const sample of samples) {
    const id = idOf(sample);
    const known = series.get(id);
    if (known) known.push(sample);
    else series.set(id, [sample]);
  }
  for (const [id, members] of series) {
    const buckets = members.filter((sample) => sample.name === `${name}_bucket`);
    const [count, ...more] = members.filter((sample) => sample.name === `${name}_count`);
    const sums = members.filter((sample) => sample.name === `${name}_sum`);
    const bounds = buckets.map(({ labels }) => Number(labels['le']?.replace('Inf', 'Infinity')));
    const values = buckets.map(({ value }) => value);
    if (!rises(bounds, (before, item) => item > before) || !rises(values, (before, item) => item >= before)) {
      throw new Error(`the buckets of ${id} do not rise`);
    }
    if (bounds.at(-1) !== Number.POSITIVE_INFINITY || values.at(-1) !== count?.value) {
      throw new Error(`the buckets of ${id} do not end with all`);
    }
    if (more.length > 0 || sums.length !== 1) throw new Error(`not one sum and one count: ${id}`);
  }
}

function rises(list: readonly number[], isRise: (before: number, item: number) => boolean): boolean {
  return list.every((item, index) => index === 0 || isRise(list[index - 1] ?? Number.NaN, item));
}

function idOf({ labels }: ParsedSample): string {
  const { le: _bound, ...rest } = labels;
  return labelsId(rest);
}

/** The same for labels in any order. */
function labelsId(labels: Readonly<Record<string, string>>): string {
  const pairs = Object.entries(labels).map(([name, value]) => JSON.stringify([name, value]));
  return pairs.toSorted((a, b) => (a < b ? -1 : 1)).join(',');
}

function unescape(text: string): string {
  return text.replace(/\\(["\\n])/g, (_all, escaped: string) => (escaped === 'n' ? '\n' : escaped));
}
