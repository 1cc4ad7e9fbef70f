import { columnAt, tableAt, type Draft } from '../draft.js';

const verbs =
  /^(?:list|show|give|find|return|tell|display|what|which|get|select|provide|report|who|where|when)$/;
const bounds =
  /^(?:who|whose|that|where|having|when|with|which|if|have|has|had|by|from|in|at|on|than|whom|to|was|were|did|does|do)$/;

/** What is left names what to show, up to the words that begin a condition; tables after those are joined. */
export function readSelection(draft: Draft): void {
  let selecting = true;
  let started = false;
  for (const word of draft.sketch.text.trim().split(/ +/)) {
    const marker = /^<([TCVNQ])(\d+)>$/.exec(word);
    if (/^[.?;,]$/.test(word)) {
      started = word === ',' && started;
      continue;
    }
    if (!marker) {
      if (verbs.test(word) && !started) selecting = true;
      else if (bounds.test(word)) selecting = false;
      if (/^(?:different|distinct|unique)$/.test(word) && selecting) draft.query.distinct = true;
      started = true;
      continue;
    }
    started = true;
    if (marker[1] === 'C' && selecting)
      draft.query.select.push({ kind: 'column', column: columnAt(draft, marker[2]) });
    if (marker[1] === 'T') draft.query.tables.push(tableAt(draft, marker[2]));
  }
}
