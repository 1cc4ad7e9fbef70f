import { runApp } from '#shared/config/app-server';
import { start } from './start.js';

await runApp('recorded', start);
