extern unsigned LINUX_KERNEL_VERSION __attribute__((section(".kconfig")));
extern _Bool CONFIG_BPF __attribute__((section(".kconfig"), weak));
extern char CONFIG_NAME[16] __attribute__((section(".kconfig")));
int version(void) { return LINUX_KERNEL_VERSION > 0x60000 && CONFIG_BPF ? CONFIG_NAME[2] : 0; }
