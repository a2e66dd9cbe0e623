export const hash_kdf = () => ({});
