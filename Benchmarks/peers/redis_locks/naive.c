/* The lock that everybody writes first, as fast as C has it: SET NX PX, and a script that compares and deletes.
 *
 *     naive pairs PORT SECONDS
 *     naive turns PORT START SECONDS BODY CLIENTS
 *
 * What is printed is what interlock-lock-bench prints. Who finds it held looks again after a millisecond.
 */
#include <hiredis/hiredis.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

static const char *release_text =
    "if redis.call('get', KEYS[1]) == ARGV[1] then return redis.call('del', KEYS[1]) else return 0 end";

struct client {
  redisContext *server;
  char digest[41];
  char token[33];
};

static long long now(void) {
  struct timespec time;
  clock_gettime(CLOCK_MONOTONIC, &time);
  return time.tv_sec * 1000000000LL + time.tv_nsec;
}

static void sleep_until(long long instant) {
  struct timespec time = {instant / 1000000000LL, instant % 1000000000LL};
  clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &time, NULL);
}

static void connect_client(struct client *client, int port, int number) {
  client->server = redisConnect("127.0.0.1", port);
  if (client->server == NULL || client->server->err) exit(1);
  redisReply *reply = redisCommand(client->server, "SCRIPT LOAD %s", release_text);
  if (reply == NULL || reply->type != REDIS_REPLY_STRING) exit(1);
  memcpy(client->digest, reply->str, 41);
  freeReplyObject(reply);
  snprintf(client->token, sizeof client->token, "%08x%08x%016llx", (unsigned)getpid(), (unsigned)number, now());
}

static int take(struct client *client, const char *key) {
  redisReply *reply = redisCommand(client->server, "SET %s %s NX PX 30000", key, client->token);
  if (reply == NULL) exit(1);
  int taken = reply->type == REDIS_REPLY_STATUS;
  freeReplyObject(reply);
  return taken;
}

static void give_back(struct client *client, const char *key) {
  redisReply *reply = redisCommand(client->server, "EVALSHA %s 1 %s %s", client->digest, key, client->token);
  if (reply == NULL || reply->type != REDIS_REPLY_INTEGER || reply->integer != 1) exit(1);
  freeReplyObject(reply);
}

static void pairs(int port, int seconds) {
  struct client client;
  connect_client(&client, port, 0);
  for (int i = 0; i < 500; i++) {
    take(&client, "pairs");
    give_back(&client, "pairs");
  }
  long long start = now(), count = 0;
  while (now() - start < seconds * 1000000000LL) {
    while (!take(&client, "pairs")) usleep(1000);
    give_back(&client, "pairs");
    count++;
  }
  printf("%lld\n", count * 1000000000LL / (now() - start));
}

struct turns {
  struct client client;
  int body;
  long long start, end;
  size_t count, room;
  long long (*times)[2];
};

static void *take_turns(void *argument) {
  struct turns *turns = argument;
  sleep_until(turns->start);
  while (now() < turns->end) {
    while (!take(&turns->client, "turns")) usleep(1000);
    long long begun = now();
    if (turns->body > 0) usleep(turns->body);
    if (turns->count == turns->room) {
      turns->room = turns->room * 2 + 1024;
      turns->times = realloc(turns->times, turns->room * sizeof *turns->times);
      if (turns->times == NULL) exit(1);
    }
    turns->times[turns->count][0] = begun;
    turns->times[turns->count][1] = now();
    turns->count++;
    give_back(&turns->client, "turns");
  }
  return NULL;
}

int main(int argc, char **argv) {
  if (argc == 4 && strcmp(argv[1], "pairs") == 0) {
    pairs(atoi(argv[2]), atoi(argv[3]));
    return 0;
  }
  if (argc != 7 || strcmp(argv[1], "turns") != 0) return 2;
  int clients = atoi(argv[6]);
  struct turns *all = calloc(clients, sizeof *all);
  pthread_t *threads = calloc(clients, sizeof *threads);
  if (all == NULL || threads == NULL) return 1;
  for (int i = 0; i < clients; i++) {
    connect_client(&all[i].client, atoi(argv[2]), i);
    all[i].body = atoi(argv[5]);
    all[i].start = atoll(argv[3]);
    all[i].end = all[i].start + atoi(argv[4]) * 1000000000LL;
    if (pthread_create(&threads[i], NULL, take_turns, &all[i]) != 0) return 1;
  }
  for (int i = 0; i < clients; i++) {
    pthread_join(threads[i], NULL);
    for (size_t n = 0; n < all[i].count; n++)
      printf("%lld %lld %d\n", all[i].times[n][0], all[i].times[n][1], i);
  }
  return 0;
}
