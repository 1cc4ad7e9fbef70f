import { expect, it } from '@jest/globals';
import { Command } from 'commander';
import { given } from './test.js';

it.each([['unit', '--', 'apps/executor', '--verbose'], ['--', '-t', 'test'], ['checks', 'unit'], []])(
  'hands on the arguments of the tests as they were given: %j %j %j',
  async (...words) => {
    const program = new Command('nano');
    let seen: string[] | undefined;
    const test = program.command('test').argument('[arguments...]').allowUnknownOption();
    test.action((_arguments, _options, command: Command) => {
      seen = given(command);
    });
    await program.parseAsync(['node', 'nano', 'test', ...words]);
    expect(seen).toEqual(words);
  },
);
