export interface SqlToken {
  kind: 'word' | 'quoted' | 'comment' | 'space' | 'parameter' | 'symbol';
  text: string;
}

/** Pieces of an SQL text; joined they give it back. Knows quotes and comments, no grammar. */
export function sqlTokens(sql: string): SqlToken[] {
  return [...sql.matchAll(tokenPattern)].map(({ 0: text, groups }) => {
    const kind = Object.entries(groups ?? {}).find(
      ([, matched]: [string, string | undefined]) => matched !== undefined,
    )?.[0];
    return { kind: (kind ?? 'symbol') as SqlToken['kind'], text };
  });
}

const tokenPattern = new RegExp(
  [
    String.raw`(?<quoted>'(?:''|[^'])*'|"(?:""|[^"])*"|${'`'}(?:${'``'}|[^${'`'}])*${'`'}|(?<![\w\])])\[[^\]]*\])`,
    String.raw`(?<comment>--[^\n]*\n?|/\*[^]*?\*/)`,
    String.raw`(?<word>[\p{L}_][\p{L}\p{N}_$]*)`,
    String.raw`(?<space>\s+)`,
    String.raw`(?<parameter>\?\d*|[:@$][\p{L}\p{N}_]+)`,
    String.raw`(?<symbol>[\d.]+|[^])`,
  ].join('|'),
  'gu',
);
