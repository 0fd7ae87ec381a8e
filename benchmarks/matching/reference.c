/* The limit that the matching kernel is held against: the plain market, by hand, on one core.
 *
 * deferred: packed records of 64 bytes (ten keys, ten cells, where she stands), first in first out, prefetching.
 * serial: radix sort by key, then everybody chooses once, prefetching.
 * What is below 4 MiB comes from malloc, the rest in huge pages.
 * cc -O3 -march=native -shared -fPIC reference.c -o reference.so
 */
#define _GNU_SOURCE
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

enum { WIDTH = 10, AHEAD = 16 };

typedef struct {
    uint32_t key[WIDTH];
    uint16_t cell[WIDTH];
    uint32_t next;
} Record;

typedef struct {
    uint32_t begin, seats, held, worst;
} Cell;

static void *taken(size_t bytes) {
    if (bytes < (4u << 20)) return malloc(bytes ? bytes : 1);
    size_t whole = (bytes + (2u << 20) - 1) & ~(size_t)((2u << 20) - 1);
    void *found = aligned_alloc(2u << 20, whole ? whole : (2u << 20));
    if (found) madvise(found, whole, MADV_HUGEPAGE);
    return found;
}

/* Numbers of people by key, the smallest first. */
static void by_key(const int32_t *key, uint32_t *order, int64_t n) {
    uint64_t *one = taken(n * 8), *two = taken(n * 8), *swap;
    static uint32_t count[3][2048];
    memset(count, 0, sizeof count);
    for (int64_t i = 0; i < n; i++) {
        uint32_t k = key[i];
        count[0][k & 2047]++, count[1][k >> 11 & 2047]++, count[2][k >> 22]++;
        one[i] = (uint64_t)k << 32 | (uint64_t)i;
    }
    for (int pass = 0; pass < 3; pass++) {
        uint32_t sum = 0, used = 0;
        for (int b = 0; b < 2048; b++) {
            uint32_t here = count[pass][b];
            used += here > 0, count[pass][b] = sum, sum += here;
        }
        if (used <= 1) continue;
        for (int64_t i = 0; i < n; i++) {
            uint64_t entry = one[i];
            two[count[pass][entry >> (32 + 11 * pass) & 2047]++] = entry;
        }
        swap = one, one = two, two = swap;
    }
    for (int64_t i = 0; i < n; i++) order[i] = (uint32_t)one[i];
    free(one), free(two);
}

static uint32_t sift(uint64_t *heap, uint32_t size) {
    uint64_t value = heap[0];
    uint32_t at = 0, child;
    while ((child = 2 * at + 1) < size) {
        if (child + 1 < size && heap[child + 1] > heap[child]) child++;
        if (heap[child] <= value) break;
        heap[at] = heap[child], at = child;
    }
    heap[at] = value;
    return heap[0] >> 32;
}

/* Returns 0, or 1 when equals met. Cells must be fewer than 65536. */
int deferred(const int32_t *choices, const int32_t *ranks, const int32_t *quality, const int32_t *seats, int64_t n,
             int64_t p, int32_t *found) {
    uint32_t *queue = taken(n * 4);
    by_key(quality, queue, n);
    Record *record = taken(n * sizeof(Record));
    for (int64_t i = 0; i < n; i++) { /* records stand in the order in which people are let in */
        uint32_t who = queue[i];
        if (i + AHEAD < n) {
            __builtin_prefetch(choices + (int64_t)queue[i + AHEAD] * WIDTH);
            __builtin_prefetch(ranks + (int64_t)queue[i + AHEAD] * WIDTH);
        }
        for (int c = 0; c < WIDTH; c++) {
            record[i].key[c] = ranks[(int64_t)who * WIDTH + c];
            record[i].cell[c] = choices[(int64_t)who * WIDTH + c];
        }
        record[i].next = 0;
    }
    Cell *cell = taken(p * sizeof(Cell));
    uint32_t total = 0;
    for (int64_t c = 0; c < p; c++) cell[c] = (Cell){total, seats[c], 0, 0}, total += seats[c];
    uint64_t *heap = taken((size_t)total * 8 + 8);
    uint32_t *ring = taken(n * 4);
    for (int64_t i = 0; i < n; i++) ring[i] = i;
    int64_t head = 0, tail = 0, waiting = n;
    int met = 0;
    while (waiting-- > 0) {
        uint32_t at = ring[head];
        int64_t ahead = head + AHEAD;
        if (ahead < n) __builtin_prefetch(record + ring[ahead]);
        ahead = head + AHEAD / 2;
        if (ahead < n) {
            Record *soon = record + ring[ahead];
            if (soon->next < WIDTH) __builtin_prefetch(cell + soon->cell[soon->next]);
        }
        ahead = head + AHEAD / 4;
        if (ahead < n) {
            Record *soon = record + ring[ahead];
            if (soon->next < WIDTH) __builtin_prefetch(heap + cell[soon->cell[soon->next]].begin);
        }
        if (++head == n) head = 0;
        Record *me = record + at;
        while (me->next < WIDTH) {
            uint32_t key = me->key[me->next];
            Cell *here = cell + me->cell[me->next++];
            uint64_t *mine = heap + here->begin;
            if (here->held < here->seats) {
                uint64_t entry = (uint64_t)key << 32 | at;
                uint32_t place = here->held++;
                while (place > 0 && mine[(place - 1) / 2] < entry)
                    mine[place] = mine[(place - 1) / 2], place = (place - 1) / 2;
                mine[place] = entry;
                here->worst = mine[0] >> 32;
                break;
            }
            if (here->held == 0) continue;
            if (key == here->worst) { met = 1; goto done; }
            if (key < here->worst) {
                uint32_t out = (uint32_t)mine[0], before = here->worst;
                mine[0] = (uint64_t)key << 32 | at;
                here->worst = sift(mine, here->held);
                if (here->worst == before) { met = 1; goto done; }
                if (record[out].next < WIDTH) {
                    ring[tail] = out;
                    if (++tail == n) tail = 0;
                    waiting++;
                }
                break;
            }
        }
    }
    for (int64_t i = 0; i < n; i++) found[i] = -1;
    for (int64_t c = 0; c < p; c++)
        for (uint32_t k = 0; k < cell[c].held; k++) found[queue[(uint32_t)heap[cell[c].begin + k]]] = c;
done:
    free(queue), free(record), free(cell), free(heap), free(ring);
    return met;
}

/* The same by one key everywhere. */
int serial(const int32_t *choices, const int32_t *key, const int32_t *seats, int64_t n, int64_t p, int32_t *found) {
    uint32_t *order = taken(n * 4);
    by_key(key, order, n);
    int32_t (*cell)[2] = taken(p * 8);
    for (int64_t c = 0; c < p; c++) cell[c][0] = seats[c], cell[c][1] = -1;
    int met = 0;
    for (int64_t i = 0; i < n; i++) {
        if (i + 2 * AHEAD < n) {
            const int32_t *soon = choices + (int64_t)order[i + 2 * AHEAD] * WIDTH;
            __builtin_prefetch(soon), __builtin_prefetch(soon + WIDTH - 1);
            __builtin_prefetch(key + order[i + 2 * AHEAD]);
        }
        uint32_t who = order[i];
        const int32_t *mine = choices + (int64_t)who * WIDTH;
        int32_t got = -1;
        for (int c = 0; c < WIDTH; c++) {
            int32_t *here = cell[mine[c]];
            if (here[0] > 0) { here[0]--, here[1] = key[who], got = mine[c]; break; }
            if (here[1] == key[who]) { met = 1; goto done; }
        }
        found[who] = got;
    }
done:
    free(order), free(cell);
    return met;
}
