/* Runs a fuzz target once over every file of the folders and files named on the command line, in TAP. */
#include <dirent.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static int done;

static void run_file(const char *path)
{
    FILE *file = fopen(path, "rb");
    if (file == NULL) {
        printf("not ok %d - %s cannot be opened\n", ++done, path);
        return;
    }
    uint8_t *data = NULL;
    size_t size = 0, got = 0;
    do {
        uint8_t *larger = realloc(data, size + 65536);
        if (larger == NULL)
            abort();
        data = larger;
        got = fread(data + size, 1, 65536, file);
        size += got;
    } while (got > 0);
    fclose(file);
    /* Exactly as long as the input, so that the sanitizer sees the first byte too many. */
    uint8_t *exact = malloc(size > 0 ? size : 1);
    if (exact == NULL)
        abort();
    memcpy(exact, data, size);
    free(data);
    LLVMFuzzerTestOneInput(exact, size);
    free(exact);
    printf("ok %d - %s\n", ++done, strrchr(path, '/') != NULL ? strrchr(path, '/') + 1 : path);
    fflush(stdout);
}

static void run_folder(const char *path)
{
    DIR *folder = opendir(path);
    if (folder == NULL) {
        printf("not ok %d - %s cannot be opened\n", ++done, path);
        return;
    }
    for (struct dirent *entry; (entry = readdir(folder)) != NULL;) {
        char file[4096];
        if (entry->d_name[0] == '.')
            continue;
        if (snprintf(file, sizeof file, "%s/%s", path, entry->d_name) < (int)sizeof file)
            run_file(file);
    }
    closedir(folder);
}

int main(int argc, char **argv)
{
    for (int i = 1; i < argc; i++) {
        struct stat info;
        if (stat(argv[i], &info) == 0 && S_ISDIR(info.st_mode))
            run_folder(argv[i]);
        else
            run_file(argv[i]);
    }
    printf("1..%d\n", done);
    return done > 0 ? 0 : 1;
}
