/*
 * Starts a sandbox process with as little as it needs, then becomes it:
 *
 *     launch MEMORY_BYTES READABLE_PATH... -- PROGRAM ARGUMENT...
 *
 * Bounded memory, no file may grow, no core dumps; killed when the parent dies; no new privileges; Landlock:
 * the named paths can be read (and the program started), nothing can be written, no TCP, no signals and no
 * abstract sockets to the outside; seccomp: no sockets of any kind, no ptrace. Exits 70 when Landlock or
 * seccomp is missing, 71 when the program cannot be started. `launch probe` exits 0 where all of it works.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/landlock.h>
#include <linux/seccomp.h>
#include <signal.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

enum { unsupported = 70, not_started = 71 };

#if defined(__x86_64__)
#define NATIVE_ARCH AUDIT_ARCH_X86_64
#elif defined(__aarch64__)
#define NATIVE_ARCH AUDIT_ARCH_AARCH64
#else
#error "no seccomp filter for this processor"
#endif

/* Of the kernel's newer interfaces; the system's headers may be older than its kernel. */
struct ruleset {
  uint64_t files;
  uint64_t network;
  uint64_t scoped;
};
static const uint64_t read_file = 1ULL << 2, read_directory = 1ULL << 3, execute = 1ULL << 0;

/* Every right that the kernel's Landlock knows is handled, so that what no rule grants is refused. */
static struct ruleset rights_of(int abi) {
  struct ruleset rights = {.files = (1ULL << 13) - 1, .network = 0, .scoped = 0};
  if (abi >= 2) rights.files |= 1ULL << 13; /* refer */
  if (abi >= 3) rights.files |= 1ULL << 14; /* truncate */
  if (abi >= 4) rights.network = 3;         /* bind and connect TCP */
  if (abi >= 5) rights.files |= 1ULL << 15; /* ioctl on devices */
  if (abi >= 6) rights.scoped = 3;          /* abstract unix sockets, signals */
  return rights;
}

static int landlock_abi(void) {
  return (int)syscall(SYS_landlock_create_ruleset, NULL, 0, LANDLOCK_CREATE_RULESET_VERSION);
}

static int make_ruleset(void) {
  int abi = landlock_abi();
  if (abi < 1) return -1;
  struct ruleset rights = rights_of(abi);
  size_t size = abi >= 6 ? sizeof rights : abi >= 4 ? 16 : 8;
  return (int)syscall(SYS_landlock_create_ruleset, &rights, size, 0);
}

/* A path that does not exist needs no grant. */
static int grant_reading(int ruleset, const char *path) {
  int descriptor = open(path, O_PATH | O_CLOEXEC);
  if (descriptor < 0) return 0;
  struct stat info;
  if (fstat(descriptor, &info) < 0) return -1;
  struct landlock_path_beneath_attr rule = {.parent_fd = descriptor, .allowed_access = read_file | execute};
  if (S_ISDIR(info.st_mode)) rule.allowed_access |= read_directory;
  if (!S_ISDIR(info.st_mode) && !(info.st_mode & 0111)) rule.allowed_access = read_file;
  long result = syscall(SYS_landlock_add_rule, ruleset, LANDLOCK_RULE_PATH_BENEATH, &rule, 0);
  close(descriptor);
  return (int)result;
}

#define REFUSE(number) BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, number, 0, 1), BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | EPERM)

static int refuse_system_calls(void) {
  struct sock_filter filter[] = {
      BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, arch)),
      BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, NATIVE_ARCH, 1, 0),
      BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_KILL_PROCESS),
      BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
#if defined(__x86_64__)
      /* The x32 calls are the same calls under other numbers. */
      BPF_JUMP(BPF_JMP | BPF_JGE | BPF_K, 0x40000000, 0, 1),
      BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_KILL_PROCESS),
#endif
      REFUSE(SYS_socket), REFUSE(SYS_connect), REFUSE(SYS_bind), REFUSE(SYS_listen),
      REFUSE(SYS_ptrace), REFUSE(SYS_process_vm_readv), REFUSE(SYS_process_vm_writev), REFUSE(SYS_io_uring_setup),
      REFUSE(SYS_mount), REFUSE(SYS_unshare), REFUSE(SYS_setns), REFUSE(SYS_bpf), REFUSE(SYS_keyctl),
      REFUSE(SYS_add_key), REFUSE(SYS_perf_event_open), REFUSE(SYS_userfaultfd), REFUSE(SYS_pidfd_getfd),
      BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
  };
  struct sock_fprog program = {.len = sizeof filter / sizeof *filter, .filter = filter};
  return prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program);
}

static int limit(int resource, rlim_t value) {
  struct rlimit bounds = {.rlim_cur = value, .rlim_max = value};
  return setrlimit(resource, &bounds);
}

/* Root keeps its files, and none of its other powers. Without capabilities to drop this fails, harmlessly. */
static void drop_capabilities(void) {
  for (int capability = 0; capability < 64; capability++) prctl(PR_CAPBSET_DROP, capability, 0, 0, 0);
  prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_CLEAR_ALL, 0, 0, 0);
}

int main(int count, char **arguments) {
  pid_t parent = getppid();
  if (prctl(PR_SET_PDEATHSIG, SIGKILL) < 0 || getppid() != parent) return unsupported;
  drop_capabilities();
  if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) < 0) return unsupported;
  int ruleset = make_ruleset();
  if (ruleset < 0) return unsupported;

  int probing = count == 2 && strcmp(arguments[1], "probe") == 0;
  int index = 2;
  for (; index < count && strcmp(arguments[index], "--") != 0; index++)
    if (!probing && grant_reading(ruleset, arguments[index]) < 0) return unsupported;
  if (!probing && index + 1 >= count) return not_started;

  if (syscall(SYS_landlock_restrict_self, ruleset, 0) < 0 || refuse_system_calls() < 0) return unsupported;
  close(ruleset);
  if (probing) return 0;
  rlim_t memory = (rlim_t)strtoull(arguments[1], NULL, 10);
  if (limit(RLIMIT_DATA, memory) < 0 || limit(RLIMIT_FSIZE, 0) < 0 || limit(RLIMIT_CORE, 0) < 0) return unsupported;
  execv(arguments[index + 1], arguments + index + 1);
  return not_started;
}
