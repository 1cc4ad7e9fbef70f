/**
 * Signs that tokenizers take for control tokens wherever they stand: of the chat templates of Llama 3, ChatML, DeepSeek, Llama 2,
 * Mistral and Gemma, ends of sequences and of thinking. A server applies its template around the text, and does not escape it.
 */
const inAngles = String.raw`[|｜][^<>|｜\s]{1,40}[|｜]|\/?(?:s|bos|eos|pad|unk|think|thinking|tool_call|tool_response|(?:start|end)_of_turn)`;
const inBrackets = 'INST|SYSTEM_PROMPT|AVAILABLE_TOOLS|TOOL_CALLS|TOOL_RESULTS|TOOL_CONTENT|THINK|ARGS';
const signs = new RegExp(String.raw`<(?=(?:${inAngles}|<\/?SYS>)>)|\[(?=\/?(?:${inBrackets})\])`, 'gu');
const controls = /[^\P{Cc}\n]/gu;

/** Text of others as text alone: a comment, a cell or a question cannot end its message and begin another one's. */
export function withoutControlSigns(text: string): string {
  return text
    .toWellFormed()
    .replaceAll(signs, (sign) => `${sign} `)
    .replaceAll(controls, ' ');
}
