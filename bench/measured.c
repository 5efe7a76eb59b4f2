/* Runs a program and tells what it took: `measured REPORT PROGRAM [ARGUMENT...]` writes
 * {"wall_s","cpu_s","peak_kib","exit"} to the file REPORT.
 *
 * A program of its own because the kernel counts what a process was before exec() into its peak: started by
 * a large interpreter, a floor of 4 MB would read as that interpreter's 30.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static double now(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static double seconds(struct timeval t) { return (double)t.tv_sec + (double)t.tv_usec / 1e6; }

int main(int argc, char **argv)
{
    if (argc < 3) {
        fprintf(stderr, "measured REPORT PROGRAM [ARGUMENT...]\n");
        return 2;
    }
    double begin = now();
    pid_t child = fork();
    if (child == 0) {
        execvp(argv[2], argv + 2);
        fprintf(stderr, "%s: %s\n", argv[2], strerror(errno));
        _exit(127);
    }
    int status = 0;
    struct rusage use = {0};
    if (child < 0 || wait4(child, &status, 0, &use) != child)
        return 3;
    double wall = now() - begin;
    FILE *report = fopen(argv[1], "w");
    if (report == NULL)
        return 3;
    fprintf(report, "{\"wall_s\": %.6f, \"cpu_s\": %.6f, \"peak_kib\": %ld, \"exit\": %d}\n", wall,
            seconds(use.ru_utime) + seconds(use.ru_stime), use.ru_maxrss,
            WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status));
    return fclose(report) == 0 ? 0 : 3;
}
