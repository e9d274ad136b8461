import { expect, it } from 'vitest';
import { type Picture, topologySvg } from './picture';

const colours = {
  bg: '#f6f7f9',
  surface: '#ffffff',
  line: '#dde1e7',
  text: '#1b1f26',
  muted: '#5b6472',
  accent: '#3557d6',
  good: '#187645',
  warn: '#8f5b00',
  bad: '#b3261e',
};
const server = (id: string, x: number): Picture['servers'][number] => ({
  id,
  x,
  y: 0,
  primary: id === 'idm-a',
  tone: 'good',
  lines: ['1.10.5 · idm.example.com'],
});
const picture: Picture = {
  name: 'Home <lab> & "more"',
  when: 'as seen today',
  servers: [server('idm-a', -100), server('idm-b', 400)],
  links: [
    {
      supplier: 'idm-a',
      consumer: 'idm-b',
      tone: 'bad',
      words: 'broken',
      atSupplier: null,
      atConsumer: 'bad',
    },
  ],
};

it('holds every server and link within its frame', () => {
  const { svg, width } = topologySvg(picture, colours);
  expect(svg).toContain('>idm-a</text>');
  expect(svg).toContain('>idm-b</text>');
  expect(svg).toContain('>broken</text>');
  expect(width).toBe(616 + 40 - (-100 - 40));
  expect(svg).toContain(`viewBox="-140 `);
});

it('draws an arrow only where a pull ends, in words and line that say how it is', () => {
  const { svg } = topologySvg(picture, colours);
  expect(svg).toContain('marker-start="none"');
  expect(svg).toContain('marker-end="url(#to-bad)"');
  expect(svg).toContain('stroke-dasharray="2 4"');
});

it('never lets a name become markup', () => {
  const { svg } = topologySvg(picture, colours);
  expect(svg).toContain('Home &lt;lab&gt; &amp; &quot;more&quot;');
  expect(svg).not.toContain('<lab>');
});

it('leaves out a link whose server is not there', () => {
  const links = [{ ...picture.links[0]!, consumer: 'idm-x' }];
  expect(topologySvg({ ...picture, links }, colours).svg).not.toContain('broken');
});

it('keeps both ends of a long name, and what goes round a server within its frame', () => {
  const long = (end: string): string => `identity-server-of-the-university-${end}`;
  const ids = [long('eu-01'), long('eu-02'), long('us-01')];
  const [supplier = '', , consumer = ''] = ids;
  const row: Picture = {
    ...picture,
    servers: ids.map((id, n) => server(id, n * 440)),
    links: picture.links.map((link) => ({ ...link, supplier, consumer })),
  };
  const { svg } = topologySvg(row, colours);
  expect([...svg.matchAll(/>(identity-[^<]+)<\/text>/g)].map(([, name]) => name?.slice(-8))).toEqual([
    'ty-eu-01',
    'ty-eu-02',
    'ty-us-01',
  ]);
  const number = (pattern: RegExp): number => Number(pattern.exec(svg)?.[1]);
  const pill = number(/<rect x="[\d.-]+" y="([\d.-]+)" width="[\d.]+" height="26"/);
  expect(pill + 26 < 0 || pill > 84).toBe(true);
  expect(pill).toBeGreaterThan(number(/viewBox="[\d.-]+ ([\d.-]+)/));
});
