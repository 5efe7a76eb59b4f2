/* Honghua's one executable: hands the words of the command line on. */
#include "cli/cli.h"

int main(int argc, char **argv)
{
    return cli_main(argc, argv);
}
