// A lock as many write it over PostgreSQL's advisory locks with libpq: a session lock on the name, and, if asked for, a
// fence from a row. What is printed is what interlock-lock-bench prints.
//
//     naive plain|fence pairs PORT SECONDS
//     naive plain|fence turns PORT START SECONDS BODY CLIENTS

#include <libpq-fe.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

static int has_fence;
static long long start, end_of_turns;
static long body;

static long long now(void) {
  struct timespec time;
  clock_gettime(CLOCK_MONOTONIC, &time);
  return time.tv_sec * 1000000000LL + time.tv_nsec;
}

static void run(PGconn *connection, const char *statement) {
  PGresult *result = PQexecPrepared(connection, statement, 0, NULL, NULL, NULL, 0);
  ExecStatusType status = PQresultStatus(result);
  PQclear(result);
  if (status != PGRES_TUPLES_OK && status != PGRES_COMMAND_OK) {
    fprintf(stderr, "%s", PQerrorMessage(connection));
    exit(1);
  }
}

static PGconn *connect_to(const char *port) {
  char text[200];
  snprintf(text, sizeof text, "host=127.0.0.1 port=%s user=postgres dbname=postgres", port);
  PGconn *connection = PQconnectdb(text);
  if (PQstatus(connection) != CONNECTION_OK) {
    fprintf(stderr, "%s", PQerrorMessage(connection));
    exit(1);
  }
  // As ours: what a crash loses is what the crash ends.
  PQclear(PQexec(connection, "SET synchronous_commit = off; SET client_min_messages = error"));
  PQclear(PQexec(connection, "CREATE TABLE IF NOT EXISTS fence (name text PRIMARY KEY, fence bigint) WITH (fillfactor = 50)"));
  PQclear(PQexec(connection, "INSERT INTO fence VALUES ('turns', 0) ON CONFLICT DO NOTHING"));
  PQclear(PQprepare(connection, "lock", "SELECT pg_advisory_lock(hashtextextended('turns', 7))", 0, NULL));
  PQclear(PQprepare(
    connection, "fence", "UPDATE fence SET fence = fence + 1 WHERE name = 'turns' RETURNING fence", 0, NULL));
  PQclear(PQprepare(connection, "unlock", "SELECT pg_advisory_unlock(hashtextextended('turns', 7))", 0, NULL));
  return connection;
}

static void take(PGconn *connection) {
  run(connection, "lock");
  if (has_fence) run(connection, "fence");
}

static void pairs(const char *port, long seconds) {
  PGconn *connection = connect_to(port);
  long long begun = now(), count = 0;
  while (now() - begun < seconds * 1000000000LL) {
    take(connection);
    run(connection, "unlock");
    count++;
  }
  printf("%lld\n", count * 1000000000LL / (now() - begun));
}

struct client {
  int number;
  const char *port;
  size_t count;
  struct { long long begun, ended; } turns[100000];
};

static void *take_turns(void *argument) {
  struct client *client = argument;
  PGconn *connection = connect_to(client->port);
  long long wait = start - now();
  if (wait > 0) usleep(wait / 1000);
  while (now() < end_of_turns && client->count < 100000) {
    take(connection);
    client->turns[client->count].begun = now();
    if (body) usleep(body);
    client->turns[client->count++].ended = now();
    run(connection, "unlock");
  }
  return NULL;
}

int main(int count, char **words) {
  if (count < 5) return 2;
  has_fence = strcmp(words[1], "fence") == 0;
  if (strcmp(words[2], "pairs") == 0) {
    pairs(words[3], atol(words[4]));
    return 0;
  }
  if (count < 8) return 2;
  start = atoll(words[4]);
  end_of_turns = start + atol(words[5]) * 1000000000LL;
  body = atol(words[6]);
  int clients = atoi(words[7]);
  struct client *all = calloc(clients, sizeof *all);
  pthread_t *threads = calloc(clients, sizeof *threads);
  for (int i = 0; i < clients; i++) {
    all[i].number = i;
    all[i].port = words[3];
    pthread_create(&threads[i], NULL, take_turns, &all[i]);
  }
  for (int i = 0; i < clients; i++) {
    pthread_join(threads[i], NULL);
    for (size_t n = 0; n < all[i].count; n++)
      printf("%lld %lld %d\n", all[i].turns[n].begun, all[i].turns[n].ended, i);
  }
  return 0;
}
