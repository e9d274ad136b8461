import type { Component } from 'svelte';
import Table2 from '@lucide/svelte/icons/table-2';
import Waypoints from '@lucide/svelte/icons/waypoints';
import type { ViewId } from '../../shared/ipc';
import type { App } from '../app/app.svelte';
import CertificatesTab from '../health/CertificatesTab.svelte';
import ProblemsTab from '../health/ProblemsTab.svelte';
import LogsTab from '../logs/LogsTab.svelte';
import LogTools from '../logs/LogTools.svelte';
import HistoryTab from '../plan/HistoryTab.svelte';
import PlanTab from '../plan/PlanTab.svelte';
import Canvas from '../topology/Canvas.svelte';
import Table from '../topology/Table.svelte';

/** What draws a view; its title, key and place stand in `shared/ipc/commands.ts`. */
export interface View {
  readonly Body: Component;
  /** On its button above the canvas. */
  readonly Icon?: typeof Waypoints;
  /** Beside the tabs, while the view is shown. */
  readonly Tools?: Component;
  /** How many, behind its tab's title; 0 is not written. */
  readonly count?: (app: App) => number;
}

export const views: Readonly<Record<ViewId, View>> = {
  canvas: { Body: Canvas, Icon: Waypoints },
  table: { Body: Table, Icon: Table2 },
  problems: { Body: ProblemsTab, count: (app) => app.entries.length },
  plan: { Body: PlanTab },
  logs: { Body: LogsTab, Tools: LogTools },
  certificates: { Body: CertificatesTab },
  history: { Body: HistoryTab },
};
