// Projects and their roles, as the write side of both API versions sees them.

import type { Instance } from '../instance.ts';
import type { Project, Store } from '../store.ts';
import { ApiFault } from './errors.ts';

export interface ProjectSettings {
  name?: string | undefined;
  roleAssertion?: boolean | undefined;
  authorizationRequired?: boolean | undefined;
}

export function findProject(store: Store, id: string): Project {
  const project = store.projects.get(id);
  if (!project) throw new ApiFault('not_found', 'Errors.Project.NotFound', 'COMMAND-Gd9hh');
  return project;
}

export function addProject(
  { written: store, nextId, projections }: Instance,
  organizationId: string,
  settings: ProjectSettings,
): Project {
  const { name = '', roleAssertion = false, authorizationRequired = false } = settings;
  const isTaken = [...store.projects.values()].some(
    (project) => project.organizationId === organizationId && project.name === name,
  );
  if (isTaken) throw new ApiFault('already_exists', 'Errors.Project.AlreadyExists', 'V3-DKcYh');
  const roles: Project['roles'] = new Map();
  const project = { id: nextId(), organizationId, name, active: true, roles, roleAssertion, authorizationRequired };
  projections.keep('projects', project.id);
  store.projects.set(project.id, project);
  return project;
}

/** Whether anything is different now; version 1 takes an update without a difference for a mistake. */
export function changeProject({ written, projections }: Instance, id: string, settings: ProjectSettings): boolean {
  const project = findProject(written, id);
  projections.keep('projects', id);
  const before = JSON.stringify(project);
  project.name = settings.name ?? project.name;
  project.roleAssertion = settings.roleAssertion ?? project.roleAssertion;
  project.authorizationRequired = settings.authorizationRequired ?? project.authorizationRequired;
  return JSON.stringify(project) !== before;
}

export function addRole(
  { written, projections }: Instance,
  projectId: string,
  key: string,
  displayName: string,
  group?: string,
): void {
  const { roles } = findProject(written, projectId);
  if (roles.has(key)) throw new ApiFault('already_exists', 'Errors.Project.Role.AlreadyExists', 'V3-DKcYh');
  projections.keep('projects', projectId);
  roles.set(key, { displayName, ...(group !== undefined && { group }) });
}

/** With everything in it. */
export function deleteProject({ written, projections }: Instance, id: string): void {
  findProject(written, id);
  for (const kind of ['applications', 'authorizations'] as const) {
    for (const record of written[kind].values()) {
      if (record.projectId !== id) continue;
      projections.keep(kind, record.id);
      written[kind].delete(record.id);
    }
  }
  projections.keep('projects', id);
  written.projects.delete(id);
}
