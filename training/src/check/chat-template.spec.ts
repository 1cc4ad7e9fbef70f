import { afterEach, describe, expect, it } from '@jest/globals';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TrainingExample } from '../prepare/example.js';
import { chatTemplateOf, fitsChatTemplate } from './chat-template.js';

const folders: string[] = [];
afterEach(() => folders.splice(0).forEach((folder) => rmSync(folder, { recursive: true })));

function newFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'nano-chat-template-'));
  folders.push(folder);
  return folder;
}

const example = {
  messages: [
    { role: 'system', content: 'Write SQL for SQLite.' },
    { role: 'user', content: 'Tables:\ncity(name)\n\nHow many cities?\n' },
    { role: 'assistant', content: 'SELECT count(*) FROM city' },
  ],
  meta: { id: 'one' },
} as unknown as TrainingExample;

const found = (template: string) =>
  fitsChatTemplate(
    [example],
    chatTemplateOf(newFolder(), {
      chat_template: template,
      bos_token: '<s>',
      eos_token: { content: '</s>' },
    }),
  ).findings.map(({ message }) => message);

const chatMl =
  "{% for message in messages %}{{ '<|im_start|>' + message.role + '\n' + message.content + '<|im_end|>\n' }}{% endfor %}" +
  "{% if add_generation_prompt %}{{ '<|im_start|>assistant\n' }}{% endif %}";
const llama3 =
  "{{ bos_token }}{% for message in messages %}{{ '<|start_header_id|>' + message['role'] + '<|end_header_id|>\n\n' + message['content'] | trim + '<|eot_id|>' }}" +
  "{% endfor %}{% if add_generation_prompt %}{{ '<|start_header_id|>assistant<|end_header_id|>\n\n' }}{% endif %}";
const instruct =
  "{{ bos_token }}{% if messages[0].role == 'system' %}{% set system = messages[0].content + '\n\n' %}{% set rest = messages[1:] %}{% else %}{% set system = '' %}{% set rest = messages %}{% endif %}" +
  "{% for message in rest %}{% if message.role == 'user' %}{{ '[INST] ' + (system if loop.first else '') + message.content + ' [/INST]' }}" +
  "{% else %}{{ ' ' + message.content + eos_token }}{% endif %}{% endfor %}";

describe('a chat template', () => {
  it.each([
    ['ChatML', chatMl],
    ['that of Llama 3', llama3],
    ['one that puts the system message into the question', instruct],
  ])('such as %s fits', (_, template) => {
    expect(found(template)).toEqual([]);
  });

  it.each([
    ["{{ raise_exception('System role not supported') }}", 'is refused: System role not supported'],
    [chatMl.replace('message.content', 'message.content[:30]'), 'loses a part of its user message'],
    [chatMl.replace("+ '<|im_end|>\n'", ''), 'has nothing that ends its reply'],
    [
      chatMl.replace(
        '+ message.content',
        "+ ('<think></think>' if message.role == 'assistant' else '') + message.content",
      ),
      'has something before its reply: <think></think>',
    ],
    [chatMl.replace('assistant\n', 'assistant:\n'), 'begins otherwise with its reply than without it'],
    [
      chatMl.replace(
        'message.content',
        "(message.content | upper if message.role == 'assistant' else message.content)",
      ),
      'loses a part of its reply',
    ],
  ])('%s does not', (template, problem) => {
    expect(found(template)).toEqual([problem]);
  });

  it('is read from a file of its own, or by the name default', () => {
    const folder = newFolder();
    const named = [
      { name: 'tool_use', template: 'tools' },
      { name: 'default', template: 'named' },
    ];
    expect(chatTemplateOf(folder, { chat_template: named })?.render([], false)).toBe('named');
    expect(chatTemplateOf(folder, {})).toBeNull();
    writeFileSync(join(folder, 'chat_template.jinja'), 'file');
    expect(chatTemplateOf(folder, { chat_template: 'inline' })?.render([], false)).toBe('file');
  });

  it('that is not known finds nothing, and says that it looked at nothing', () => {
    expect(fitsChatTemplate([example], null)).toMatchObject({ checked: 0, findings: [] });
  });
});
