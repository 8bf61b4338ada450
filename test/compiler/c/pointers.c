typedef struct node { struct node *left, *right; int key; } node;
node *find(node *n, int key) { while (n && n->key != key) n = key < n->key ? n->left : n->right; return n; }
void **indirect(void ***p) { return **p ? *p : (void **)p; }
long difference(char *a, char *b) { return a - b; }
int compare(void *a, void *b) { return a < b; }
char *restrict_copy(char *restrict a, const char *restrict b, int n) { for (int i = 0; i < n; i++) a[i] = b[i]; return a; }
