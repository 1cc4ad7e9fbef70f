import type { StartApp } from '#shared/config/app-server';

export type WorkerName = 'retriever' | 'generator' | 'executor';

/** How to start the apps that make up the service, once their modules are loaded. */
export interface Service {
  gateway: StartApp;
  workers: Record<WorkerName, StartApp>;
}

export async function loadService(): Promise<Service> {
  const [gateway, retriever, generator, executor] = await Promise.all([
    loadApp('gateway'),
    loadApp('retriever'),
    loadApp('generator'),
    loadApp('executor'),
  ]);
  return { gateway, workers: { retriever, generator, executor } };
}

/** Apps never import each other: this process puts them together, by name. */
export async function loadApp(name: string): Promise<StartApp> {
  const module = (await import(`../../../${name}/src/start.js`)) as { start: StartApp };
  return module.start;
}
