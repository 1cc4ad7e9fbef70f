import { Gauge, type Registry } from 'prom-client';

export const processMetrics = (registry: Registry) => ({
  poolConnections: new Gauge({
    name: 'nano_database_pool_connections',
    help: 'Connections of a pool by state (busy, idle), and who waits for one (waiting)',
    labelNames: ['pool', 'state'],
    registers: [registry],
  }),
  poolLimit: new Gauge({
    name: 'nano_database_pool_limit',
    help: 'Connections that a pool may have',
    labelNames: ['pool'],
    registers: [registry],
  }),
  certificateExpiry: new Gauge({
    name: 'nano_certificate_expiry_timestamp_seconds',
    help: 'When the certificate of a server that this app speaks to over TLS runs out, by server',
    labelNames: ['peer'],
    registers: [registry],
  }),
});
