static const struct { const char *name; int id; } names[] = {{"one", 1}, {"two", 2}, {"three", 3}};
static unsigned state[4] = {1, 2, 3, 4};
const char *lookup(int id) { for (unsigned i = 0; i < 3; i++) if (names[i].id == id) return names[i].name; return 0; }
unsigned random(void) { unsigned t = state[3]; state[3] = state[2]; state[2] = state[1]; state[1] = state[0];
	t ^= t << 11; t ^= t >> 8; return state[0] = t ^ state[0] ^ (state[0] >> 19); }
