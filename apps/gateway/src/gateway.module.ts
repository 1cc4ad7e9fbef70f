import { type DynamicModule, Module } from '@nestjs/common';
import { APP_FILTER, APP_GUARD, APP_PIPE } from '@nestjs/core';
import { configModule } from '#shared/config/config.module';
import { ExplanationStore } from '#shared/persistence/explanation.store';
import { OperatorActionStore } from '#shared/persistence/operator-action.store';
import { RetentionStore } from '#shared/persistence/retention.store';
import { PersistenceModule } from '#shared/persistence/persistence.module';
import { QueueModule } from '#shared/queue/queue.module';
import { TelemetryModule } from '#shared/telemetry/telemetry.module';
import { Callers } from './callers/callers.js';
import { ChecksController } from './checks/checks.controller.js';
import type { GatewayConfig } from './config.js';
import { DatasourcesController } from './datasources/datasources.controller.js';
import { DescriptionsController } from './descriptions/descriptions.controller.js';
import { ExamplesController } from './examples/examples.controller.js';
import { DiagnosticsController } from './diagnostics/diagnostics.controller.js';
import { Diagnostics } from './diagnostics/diagnostics.js';
import { DryRun } from './feedback/dry-run.js';
import { FeedbackController } from './feedback/feedback.controller.js';
import { QueryFeedbackController } from './feedback/query-feedback.controller.js';
import { ApiKeyGuard } from './http/api-key.guard.js';
import { ProblemFilter } from './http/problem.filter.js';
import { RootController } from './http/root.controller.js';
import { validationPipe } from './http/validation.js';
import { QueueObserver } from './observation/queue.observer.js';
import { AnswerRows } from './queries/answer.rows.js';
import { OperatorAccess } from './operators/operator.access.js';
import { OperatorActionsController } from './operators/operator-actions.controller.js';
import { OperatorChanges } from './operators/operator.changes.js';
import { Admission } from './queries/admission.js';
import { ConversationsController } from './queries/conversations.controller.js';
import { Conversations } from './queries/conversations.js';
import { QueriesController } from './queries/queries.controller.js';
import { QueryChanges } from './queries/query.changes.js';
import { QueryIntake } from './queries/query.intake.js';
import { QueryStream } from './queries/query.stream.js';
import { QueryTextFeed } from './queries/query.text-feed.js';
import { QueryViews } from './queries/query.views.js';
import { RowsController } from './queries/rows.controller.js';
import { DeadJobs } from './reconciler/dead-jobs.js';
import { Reconciler } from './reconciler/reconciler.js';

@Module({})
export class GatewayModule {
  static forRoot(config: GatewayConfig): DynamicModule {
    return {
      module: GatewayModule,
      imports: [
        configModule('gateway', config),
        TelemetryModule.forRoot('gateway', config),
        PersistenceModule.forRoot(config),
        QueueModule.forRoot(config),
      ],
      controllers: [
        RootController,
        QueriesController,
        RowsController,
        ConversationsController,
        DatasourcesController,
        ChecksController,
        QueryFeedbackController,
        FeedbackController,
        DescriptionsController,
        ExamplesController,
        DiagnosticsController,
        OperatorActionsController,
      ],
      providers: [
        Callers,
        Admission,
        Conversations,
        ExplanationStore,
        QueryIntake,
        QueryViews,
        QueryChanges,
        QueryStream,
        QueryTextFeed,
        AnswerRows,
        DryRun,
        RetentionStore,
        DeadJobs,
        OperatorActionStore,
        OperatorAccess,
        OperatorChanges,
        Reconciler,
        QueueObserver,
        Diagnostics,
        { provide: APP_FILTER, useClass: ProblemFilter },
        { provide: APP_GUARD, useClass: ApiKeyGuard },
        { provide: APP_PIPE, useFactory: validationPipe },
      ],
    };
  }
}
