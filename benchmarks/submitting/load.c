/* A load generator: N connections that stay open, each sends the next request when it has its answer. Prints how many were
 * answered 200, how many otherwise, and the seconds. Requests: a file of (length as 4 bytes little endian, bytes).
 * Usage: load HOST PORT FILE CONNECTIONS SECONDS */
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/tcp.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#define MOST 65536

typedef struct { int fd; int got; char buffer[MOST]; } Line;

static char *requests; static long size, at; static const char *host; static int port;

static double now(void) { struct timespec t; clock_gettime(CLOCK_MONOTONIC, &t); return t.tv_sec + t.tv_nsec / 1e9; }

static int dial(void) {
  struct sockaddr_in a = {.sin_family = AF_INET, .sin_port = htons(port)};
  int one = 1, fd = socket(AF_INET, SOCK_STREAM, 0);
  inet_pton(AF_INET, host, &a.sin_addr);
  if (connect(fd, (struct sockaddr *)&a, sizeof a)) { perror("connect"); exit(1); }
  setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
  return fd;
}

static int next(Line *line) {
  uint32_t length;
  if (at + 4 > size) return 0;
  memcpy(&length, requests + at, 4);
  line->got = 0;
  for (uint32_t sent = 0; sent < length;) {
    ssize_t n = write(line->fd, requests + at + 4 + sent, length - sent);
    if (n <= 0) { perror("write"); exit(1); }
    sent += n;
  }
  at += 4 + length;
  return 1;
}

/* Whether the answer in the buffer is whole. */
static int whole(Line *line) {
  line->buffer[line->got] = 0;
  char *end = strstr(line->buffer, "\r\n\r\n");
  if (!end) return 0;
  char *length = strcasestr(line->buffer, "content-length:");
  return line->got >= (end - line->buffer) + 4 + (length && length < end ? atol(length + 15) : 0);
}

int main(int count, char **words) {
  if (count != 6) return 2;
  host = words[1]; port = atoi(words[2]);
  int connections = atoi(words[4]); double seconds = atof(words[5]);
  FILE *file = fopen(words[3], "rb");
  fseek(file, 0, SEEK_END); size = ftell(file); rewind(file);
  requests = malloc(size);
  if (fread(requests, 1, size, file) != (size_t)size) return 1;
  int poll = epoll_create1(0); long good = 0, bad = 0; int busy = 0;
  Line *lines = calloc(connections, sizeof(Line));
  double began = now();
  for (int i = 0; i < connections; i++) {
    lines[i].fd = dial();
    struct epoll_event e = {.events = EPOLLIN, .data.ptr = &lines[i]};
    epoll_ctl(poll, EPOLL_CTL_ADD, lines[i].fd, &e);
    busy += next(&lines[i]);
  }
  struct epoll_event ready[64];
  while (busy) {
    int n = epoll_wait(poll, ready, 64, 10000);
    if (n <= 0) { fprintf(stderr, "no answer\n"); return 1; }
    for (int i = 0; i < n; i++) {
      Line *line = ready[i].data.ptr;
      ssize_t got = read(line->fd, line->buffer + line->got, MOST - 1 - line->got);
      if (got <= 0) {
        close(line->fd); bad++; line->fd = dial();
        struct epoll_event e = {.events = EPOLLIN, .data.ptr = line};
        epoll_ctl(poll, EPOLL_CTL_ADD, line->fd, &e);
        if (now() - began > seconds || !next(line)) busy--;
        continue;
      }
      line->got += got;
      if (!whole(line)) continue;
      if (!strncmp(line->buffer, "HTTP/1.1 200", 12)) good++; else bad++;
      if (now() - began > seconds || !next(line)) busy--;
    }
  }
  printf("%ld %ld %.4f\n", good, bad, now() - began);
  return 0;
}
