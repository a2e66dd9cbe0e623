export const [checkpoint, hello, mark, session, signal, welcome] = Array(6).fill(() => ({}));
