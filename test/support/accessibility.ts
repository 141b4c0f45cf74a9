/** axe-core in a page of the editor: labels, roles and contrasts as WCAG 2 has them at levels A and AA. */
import type { Page } from 'playwright-core';

interface Finding {
  readonly id: string;
  readonly help: string;
  readonly nodes: readonly { readonly html: string }[];
}

const RULES = ['wcag2a', 'wcag2aa'];

/**
 * What it finds in a part of the page, one line each. The page of the editor is 0 px high, which would hide everything.
 *
 * @param include selector of our part
 * @param exclude selector of what is the editor's own within it
 */
export async function findingsIn(page: Page, include: string, exclude?: string): Promise<string[]> {
  const loaded = await page.evaluate('typeof axe');
  if (loaded === 'undefined') await page.addScriptTag({ path: require.resolve('axe-core/axe.min.js') });
  const found = (await page.evaluate(`
    (document.documentElement.style.height = document.body.style.height = '100vh',
    axe.run(${JSON.stringify({ include, ...(exclude === undefined ? {} : { exclude }) })},
      { runOnly: ${JSON.stringify(RULES)} }).then(({ violations }) => violations))
  `)) as readonly Finding[];
  return found.flatMap(({ id, help, nodes }) => nodes.map(({ html }) => `${id} (${help}): ${html.slice(0, 160)}`));
}
