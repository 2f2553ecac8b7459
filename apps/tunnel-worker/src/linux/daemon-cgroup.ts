/**
 * A command that begins its life in another cgroup (its folder under /sys/fs/cgroup). In a container, daemons that stay in the worker's
 * cgroup are killed with it, sessions and pid files notwithstanding; in one of the node's they outlive it, as they do without a container.
 */
export const inCgroup = (cgroup: string | undefined, argv: readonly [string, ...string[]]): [string, ...string[]] =>
  cgroup === undefined || cgroup === '' ? [...argv] : ['sh', '-c', 'echo $$ > "$0/cgroup.procs" && exec "$@"', cgroup, ...argv];
