int matrix[4][8][2];
int at(int i, int j, int k) { return matrix[i][j][k]; }
void fill(int v) { for (int i = 0; i < 4; i++) for (int j = 0; j < 8; j++) matrix[i][j][1] = v + j; }
int local(int i) { char buf[64]; for (int k = 0; k < 64; k++) buf[k] = k * i; return buf[i & 63]; }
struct flexible { int n; int items[]; };
int last(struct flexible *f) { return f->items[f->n - 1]; }
int *negative(int *p, long i) { return p + i - 2; }
