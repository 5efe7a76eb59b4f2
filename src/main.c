/* Honghua's one executable: hands the words of the command line on. */
#include <stdio.h>

int main(int argc, char **argv)
{
    (void)argc;
    fprintf(stderr, "%s: no command is built in yet\n", argv[0]);
    return 2;
}
