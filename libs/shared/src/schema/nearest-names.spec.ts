import { expect, it } from '@jest/globals';
import { nearestNames } from './nearest-names.js';

it.each([
  ['PetType', ['pet_type', 'weight'], ['pet_type']],
  ['wieght', ['pet_type', 'weight'], ['weight']],
  ['owner', ['owners', 'pets'], ['owners']],
  ['kittens', ['sitting', 'mittens', 'kitens', 'skitten'], ['kitens', 'mittens', 'skitten']],
  ['abcdefghi', ['badcfeghi', 'badcfehgi'], ['badcfeghi']],
  ['invoice', ['owners', 'pets'], []],
  ['', ['ab', 'a'], ['a']],
])('finds what is near to %j over case, underscores, swaps and parts', (name, candidates, near) => {
  expect(nearestNames(name, candidates)).toEqual(near);
});
