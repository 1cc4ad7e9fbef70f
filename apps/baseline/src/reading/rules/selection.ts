import { namingColumns } from '../../schema/defaults.js';
import type { Column } from '../../schema/model.js';
import { columnAt, mentionAt, shownHere, tableAt, type Draft } from '../draft.js';

const verbs =
  /^(?:list|show|give|find|return|tell|display|what|which|get|select|provide|report|who|where|when|how)$/;
const bounds =
  /^(?:who|whose|that|where|having|when|with|which|if|have|has|had|by|from|in|at|on|than|whom|to|was|were|did|does|do|for|is|are)$/;
const everything = /^(?:information|info|everything|details|records|rows|attributes|columns|data)$/;

/** What is left names what to show, up to the words that begin a condition; tables after those are joined. */
export function readSelection(draft: Draft): void {
  let selecting = true;
  let opening = true;
  let connected = true;
  for (const word of draft.sketch.text.trim().split(/ +/)) {
    const marker = /^<([TCVNQ])(\d+)>$/.exec(word);
    if (/^[.?;,]$/.test(word) || word === 'and' || word === 'or') {
      opening ||= word !== 'or';
      connected = true;
    } else if (word === shownHere) {
      connected = false;
      opening = false;
    } else if (marker?.[1] === 'C') {
      if (selecting && connected) show(draft, marker[2]);
      opening = false;
    } else if (marker) {
      if (marker[1] === 'T') draft.query.tables.push(tableAt(draft, marker[2]));
      opening = false;
    } else {
      if (verbs.test(word) && opening) selecting = connected = true;
      else if (bounds.test(word) && !(opening && /^(?:is|are|was|were|for|in|do|does|did)$/.test(word)))
        selecting = false;
      if (everything.test(word) && selecting) showEverything(draft);
      if (/^(?:different|distinct|unique)$/.test(word) && selecting) draft.query.distinct = true;
      opening &&=
        /^(?:me|us|is|are|was|were|for|in|do|does|did|can|you|please)$/.test(word) || verbs.test(word);
    }
  }
}

function show(draft: Draft, index: string | undefined): void {
  const column = columnAt(draft, index);
  const columns =
    isPartOfName(column) && /^(?:full |complete )?names?$/i.test(mentionAt(draft, index).text)
      ? namingColumns(column.table)
      : [column];
  draft.query.select.push(...columns.map((column) => ({ kind: 'column' as const, column })));
}

function isPartOfName({ words }: Column): boolean {
  return /\b(?:first|last|middle) name?$/.test(words.join(' '));
}

function showEverything(draft: Draft): void {
  if (draft.subject && draft.query.select.length === 0)
    draft.query.select.push({ kind: 'all', table: draft.subject });
}
