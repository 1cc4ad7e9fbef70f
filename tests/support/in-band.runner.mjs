import TestRunner from 'jest-runner';

/** One suite after the other, with none beside it. */
export default class InBandRunner extends TestRunner {
  isSerial = true;
}
