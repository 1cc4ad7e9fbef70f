/** What a model is asked for: the first attempt at a question, a further one after tracebacks, a follow-up in a conversation, the words for SQL. */
export const purposes = ['first', 'correction', 'follow_up', 'explanation'] as const;
export type Purpose = (typeof purposes)[number];
