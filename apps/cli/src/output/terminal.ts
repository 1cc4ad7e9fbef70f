import { styleText } from 'node:util';

type Style = Parameters<typeof styleText>[0];

/** Where people read. Colours only on a terminal and never with NO_COLOR: styleText looks at both. */
export interface Output {
  isTerminal: boolean;
  line(text?: string): void;
  style(style: Style, text: string): string;
}

function outputTo(stream: NodeJS.WriteStream): Output {
  return {
    isTerminal: stream.isTTY,
    line: (text = '') => void stream.write(`${text}\n`),
    style: (style, text) => (stream.isTTY ? styleText(style, text, { stream, validateStream: true }) : text),
  };
}

export const stdout = outputTo(process.stdout);
export const stderr = outputTo(process.stderr);

/** Text from databases and models: control characters in it must not reach the terminal. */
export function plain(text: string): string {
  // eslint-disable-next-line no-control-regex -- these are what is taken out
  return text.replaceAll(/[\u0000-\u0008\u000b-\u001f\u007f-\u009f]/gu, '�');
}
