// Another program at the database, for the journeys: `database FILE SQL...` runs each statement and prints its rows;
// with "-" as the last word it then says "held" and keeps what it holds until its standard input ends.
#include <sqlite3.h>
#include <stdio.h>
#include <string.h>

static int print_row(void *arg, int n, char **values, char **names) {
        (void) arg;
        (void) names;
        for (int i = 0; i < n; i++)
                printf("%s%s", i ? "|" : "", values[i] ? values[i] : "");
        putchar('\n');
        return 0;
}

int main(int argc, char **argv) {
        sqlite3 *db = NULL;
        char *words = NULL;

        if (argc < 2 || sqlite3_open_v2(argv[1], &db, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE, NULL) != SQLITE_OK) {
                fprintf(stderr, "database: %s\n", db ? sqlite3_errmsg(db) : "usage: database FILE SQL... [-]");
                sqlite3_close(db);
                return 1;
        }
        sqlite3_busy_timeout(db, 10000);
        for (int i = 2; i < argc; i++) {
                if (strcmp(argv[i], "-") == 0) {
                        puts("held");
                        fflush(stdout);
                        while (getchar() != EOF)
                                ;
                        break;
                }
                if (sqlite3_exec(db, argv[i], print_row, NULL, &words) != SQLITE_OK) {
                        fprintf(stderr, "database: %s\n", words);
                        sqlite3_free(words);
                        sqlite3_close(db);
                        return 1;
                }
        }
        sqlite3_close(db);
        return 0;
}
